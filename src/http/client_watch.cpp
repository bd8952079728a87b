// SPDX-License-Identifier: MIT
#include "http/client_watch.hpp"

#include <chrono>
#include <utility>

#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

io::task<> watch_client(exchange& asked, io::event& taken_all) {
    constexpr std::chrono::seconds pause(1);
    constexpr std::chrono::milliseconds look(1);
    io::task<> taking = taken_all.wait();
    co_await std::move(taking);
    for (;;) {
        co_await io::sleep(pause);
        auto first = io::any(asked.client_left(), io::sleep(look));
        const auto which = co_await std::move(first);
        if (which.index() == 0) co_return;
    }
}

}  // namespace zocalo::http::detail
