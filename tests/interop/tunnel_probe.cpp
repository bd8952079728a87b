// SPDX-License-Identifier: MIT
// Connects through proxies, sends standard input and prints the answer:
//
//     tunnel_probe PROXY... HOST PORT
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "zocalo/core/number.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/proxy.hpp"
#include "zocalo/io/timeout.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace std::chrono_literals;

namespace {

io::task<> converse(std::vector<io::proxy> chain, std::string host, std::uint16_t port,
                    std::string question) {
    const net::endpoint first(net::address::parse(chain.front().host), chain.front().port);
    io::stream line = co_await io::connect(first);
    for (std::size_t i = 0; i + 1 < chain.size(); ++i)
        line = co_await io::tunnel(std::move(line), chain[i], chain[i + 1].host, chain[i + 1].port);
    line = co_await io::tunnel(std::move(line), chain.back(), host, port);
    co_await line.write(zocalo::const_buffer(question));
    for (;;) {
        const io::chunk answer = co_await line.read();
        if (answer.empty()) co_return;
        std::cout << answer.text();
    }
}

}  // namespace

int main(int count, char** arguments) try {
    std::vector<io::proxy> chain;
    for (int i = 1; i < count - 2; ++i)
        chain.push_back(io::proxy::parse(arguments[i]));
    const auto port = zocalo::from_digits<std::uint16_t>(arguments[count - 1]).value();
    const std::string question(std::istreambuf_iterator<char>(std::cin), {});
    io::timeout(20s, converse(chain, arguments[count - 2], port, question)).get();
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
