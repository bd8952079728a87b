// SPDX-License-Identifier: MIT
// Shows what a browser asks, and answers with a page; or with nothing, as in the tutorial.
//
//     browser_server [PORT [--silent]]        then open http://127.0.0.1:8081/
#include <iostream>
#include <string>
#include <syncstream>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/server.hpp"

namespace net = zocalo::net;

// The head of a request, up to its empty line; or 8 KiB, five seconds, all that comes.
std::string read_head(net::socket& browser) {
    const zocalo::deadline until{std::chrono::seconds(5)};
    std::string head;
    char part[1024];
    while (head.size() < 8192 && head.find("\r\n\r\n") == std::string::npos) {
        browser.set_timeout(until.remaining());
        const std::size_t size = browser.try_recv(part).size;
        if (size == 0) break;
        head.append(part, size);
    }
    return head;
}

std::string answer_to(const std::string& head) {
    const bool found = head.starts_with("GET / ");
    const std::string page = !found ? ""
                                    : "<!doctype html><html lang=en><title>Hello</title>"
                                      "<main><h1>Hello, browser!</h1></main>";
    return std::string("HTTP/1.1 ") + (found ? "200 OK" : "404 Not Found") +
           "\r\nContent-Type: text/html\r\nContent-Length: " + std::to_string(page.size()) +
           "\r\nConnection: close\r\n\r\n" + page;
}

int main(int argc, char** argv) try {
    const std::string port = argc > 1 ? argv[1] : "8081";
    const bool silent = argc > 2 && std::string(argv[2]) == "--silent";
    const net::stop_signal ctrl_c;

    // Called in a thread for each connection: browsers open some that they do not use.
    const auto handle = [silent](net::connection& client) {
        client.socket().stop_with(client.stop());  // Ctrl-C waits for no browser
        const std::string head = read_head(client.socket());
        std::osyncstream(std::cout)
            << "request from " << client.peer() << ": " << zocalo::quoted(head, 8192) << std::endl;
        if (!silent && !head.empty()) client.socket().send_all(answer_to(head));
    };
    // All steps up to listen() in one call; "localhost" is for browsers on this machine only.
    net::stream_server server{net::create_server({"localhost", port}), handle};
    server.stop_with(ctrl_c);
    std::cout << "open http://" << server.local_endpoint() << "/ in a browser\n" << std::flush;
    server.serve_forever();  // until Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "browser_server: " << error.what() << '\n';
    return 1;
}
