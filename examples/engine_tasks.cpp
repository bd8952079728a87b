// SPDX-License-Identifier: MIT
// engine_tasks: tasks side by side, a race, a limit in time.
#include <iostream>

#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"

namespace io = zocalo::io;
using namespace std::chrono_literals;

io::task<std::string> after(std::chrono::milliseconds span, std::string what) {
    co_await io::sleep(span);
    co_return what;
}

io::task<> show() {
    auto both = io::all(after(20ms, "one"), after(10ms, "two"));
    const auto [one, two] = co_await std::move(both);
    std::cout << "all: " << one << " and " << two << '\n';

    auto race = io::any(after(10s, "slow"), after(10ms, "fast"));
    const auto first = co_await std::move(race);  // the slow one was cancelled
    std::cout << "any: number " << first.index() << ", " << std::get<1>(first) << '\n';

    try {
        auto limited = io::timeout(10ms, after(10s, "never"));
        co_await std::move(limited);
    } catch (const std::system_error& error) {
        std::cout << "timeout: " << std::boolalpha << (error.code() == std::errc::timed_out)
                  << '\n';
    }
}

int main() {
    std::cout << "get: " << after(10ms, "done").get() << '\n';  // blocks this thread; no loop
    io::loop().run(show());
}
