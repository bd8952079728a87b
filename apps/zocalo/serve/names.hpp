// SPDX-License-Identifier: MIT
#pragma once

#include "client_list.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::serve {
class connection;
}

namespace zocalo::program {

/// Receives the name of a client, adds it and answers, as client_list::serve() does; on the engine.
[[nodiscard]] io::task<> keep_name(client_list& in, client_list_limits limits,
                                   serve::connection& client);

}  // namespace zocalo::program
