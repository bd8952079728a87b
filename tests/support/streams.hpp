// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// What the tests of every kind of stream say to each other.
namespace zocalo::tests {

inline io::task<std::string> read_all(io::stream& from) {
    std::string all;
    for (;;) {
        const io::chunk part = co_await from.read();
        if (part.empty()) co_return all;
        all += part.text();
    }
}

inline io::task<> write_and_finish(io::stream& to, std::string what) {
    co_await to.write(what);
    co_await to.finish();
}

}  // namespace zocalo::tests
