// SPDX-License-Identifier: MIT
// A site that greets, counts what it is sent, and logs who was there.
//
//     http_site [ADDRESS:PORT]
#include <iostream>
#include <string>

#include "zocalo/http/server.hpp"
#include "zocalo/serve/run.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

void greet(http::exchange& asked) {
    asked.reply("Hello, " + asked.parameter("name") + "!\n");
}

/// Content of any size: only a piece of it is ever in memory.
io::task<> count(http::exchange& asked) {
    std::size_t bytes = 0;
    for (;;) {
        const zocalo::const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        bytes += piece.size();
    }
    asked.reply(std::to_string(bytes) + " bytes\n");
}

/// Goes around all of them.
io::task<> never_cached(http::exchange& asked, const http::rest_of_site& rest) {
    asked.response().fields.set("Cache-Control", "no-store");
    co_await rest(asked);
}

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;
    http::site site;
    site.routes.get("/hello/{name}", greet).post("/count", count);
    site.filters = {never_cached};
    site.answered = [](const http::exchange& asked, http::status answer) {
        std::cout << http::access_line(asked, answer).text() + "\n";
    };

    serve::run_options options;
    options.addresses = {net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:8080")};
    options.fleet.server.hooks.farewell = [](auto&, auto by, auto&) { return http::farewell(by); };
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at http://" << where.front() << "/hello/you\n";
    };
    serve::run(site.handler(), options);
} catch (const std::exception& error) {
    std::cerr << "http_site: " << error.what() << '\n';
    return 1;
}
