// SPDX-License-Identifier: MIT
// engine_faults: what does a program do when the network fails?
#include <iostream>

#include "zocalo/io/faults.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/stream.hpp"

namespace io = zocalo::io;

/// What is to be tested: says how many of three parts have been sent.
io::task<int> send_parts(io::stream& peer) {
    int sent = 0;
    try {
        for (; sent < 3; ++sent)
            co_await peer.write(std::string_view("part"));
    } catch (const std::system_error& error) {
        std::cout << "broken off: " << std::boolalpha
                  << (error.code() == std::errc::connection_reset) << '\n';
    }
    co_return sent;
}

int main() {
    std::pair<io::stream, io::stream> ends = io::stream::pair();
    io::loop loop(io::backend_kind::epoll);
    std::cout << loop.run(send_parts(ends.first)) << " parts\n";

    loop.set_faults(io::fail_nth(io::operation_kind::send, 3, std::errc::connection_reset));
    std::cout << loop.run(send_parts(ends.first)) << " parts\n";
}
