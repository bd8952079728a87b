// SPDX-License-Identifier: MIT
// A program for web servers to run (CGI): what stands behind its name is for its routes.
//
//     zocalo serve --cgi FOLDER      # and curl http://127.0.0.1:8080/cgi-bin/cgi_program/hello/ada
#include <chrono>
#include <iostream>
#include <string>

#include "zocalo/http/cgi_program.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/rpc/rpc.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace rpc = zocalo::rpc;

io::task<> echo(http::exchange& asked) {
    asked.begin(asked.announced());
    for (;;) {
        const zocalo::const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        co_await asked.write(piece);
    }
    asked.end();
}

io::task<> tick(http::exchange& asked) {
    asked.begin();
    for (int i = 0; i < 2; ++i) {
        if (i > 0) co_await io::sleep(std::chrono::seconds(2));
        const std::string line = "tick " + std::to_string(i) + "\n";
        co_await asked.write(line);
        co_await asked.flush();
    }
    asked.end();
}

}  // namespace

int main() try {
    rpc::methods sums;
    sums.add("add", [](int a, int b) { return a + b; });
    sums.add("size", [](const std::string& text) { return std::ssize(text); });
    http::site site;
    site.routes.get("/hello/{name}", [](http::exchange& asked) {
        asked.reply("Hello, " + asked.parameter("name") + "!\n");
    });
    site.routes.get("/there", [](http::exchange& asked) {
        asked.response().fields.set("Location", "http://example.org/here");
        asked.reply(http::status::see_other);
    });
    site.routes.post("/echo", echo).get("/ticks", tick);
    rpc::add_methods(site.routes, "/RPC2", sums);
    http::run_cgi(site);
} catch (const std::exception& error) {
    std::cerr << "cgi_program: " << error.what() << '\n';
    return 1;
}
