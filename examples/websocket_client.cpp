// SPDX-License-Identifier: MIT
// Sends some lines over WebSocket, and prints what comes back for each.
//
//     websocket_client [URL [TEXT...]]
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/escape.hpp"
#include "zocalo/ws/ws.hpp"

namespace {

namespace io = zocalo::io;
namespace ws = zocalo::ws;

io::task<> ask(ws::connection& server, const std::vector<std::string>& lines) {
    for (const std::string& each : lines) {
        io::task<> sending = server.send(each);
        co_await std::move(sending);
        io::task<std::optional<ws::message>> next = server.receive();
        const std::optional<ws::message> got = co_await std::move(next);
        if (!got) co_return;
        std::cout << zocalo::escaped(got->data) << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "ws://127.0.0.1:8000/echo";
    std::vector<std::string> lines(argv + (argc > 1 ? 2 : 1), argv + argc);
    if (lines.empty()) lines = {"Hello", "over a socket"};
    ws::connect(url, [&lines](ws::connection& server) { return ask(server, lines); }).get();
} catch (const std::exception& error) {
    std::cerr << "websocket_client: " << error.what() << '\n';
    return 1;
}
