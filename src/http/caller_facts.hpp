// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/http/fields.hpp"

namespace zocalo::http::detail {

/// What the fields say that somebody wants to send.
struct caller_facts {
    bool has_host = false;
    bool has_upgrade = false;
    bool has_connection = false;
    bool says_close = false;
    bool says_keep_alive = false;
};

/// Throws std::invalid_argument for fields that the engine writes itself, and for a Host that is
/// none or is there twice.
[[nodiscard]] caller_facts inspect(const fields& all);

}  // namespace zocalo::http::detail
