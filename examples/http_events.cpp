// SPDX-License-Identifier: MIT
// Tells the time of day as events, or hears what such a server tells.
//
//     http_events serve [ADDRESS:PORT]
//     http_events hear URL
#include <chrono>
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/event_source.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/serve/run.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace serve = zocalo::serve;
using namespace std::chrono;

io::task<> tell_time(http::event_sender& to) {
    for (;;) {
        const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch());
        const http::server_event tick{.type = "tick", .data = std::to_string(now.count())};
        co_await to.send(tick);
        co_await io::sleep(seconds(1));
    }
}

void serve_time(const char* where) {
    http::site site;
    site.routes.get("/", [](http::exchange& asked) { return http::send_events(asked, tell_time); });
    serve::run_options options;
    options.addresses = {zocalo::net::endpoint::parse(where)};
    options.ready = [](auto at) { std::cout << "at http://" << at.front() << "/" << std::endl; };
    serve::run(site.handler(), options);
}

void hear_time(const char* url) {
    http::client client;
    http::event_source ticks(client, {.url = url});
    while (const auto event = ticks.next().get())
        std::cout << zocalo::escaped(event->data) << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string_view what = argc > 1 ? argv[1] : "serve";
    what == "hear" && argc > 2 ? hear_time(argv[2])
                               : serve_time(argc > 2 ? argv[2] : "127.0.0.1:8080");
} catch (const std::exception& error) {
    std::cerr << "http_events: " << error.what() << '\n';
    return 1;
}
