// SPDX-License-Identifier: MIT
// site_probe: a site on one loop, which lets in as many as come, for tests with crowds. "/" says
// "here"; "/events" are events: one at once, and one more when somebody asks for "/say".
#include <iostream>

#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/serve/run.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

io::task<> tell(http::event_sender& to, io::event& is_said) {
    http::server_event next;
    next.data = "welcome";
    co_await to.send(next);
    co_await is_said.wait();
    next.data = "news";
    co_await to.send(next);
}

}  // namespace

int main() try {
    std::cout << std::unitbuf;
    io::event is_said;
    http::site site;
    site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
    site.routes.get("/events", [&is_said](http::exchange& asked) {
        return http::send_events(asked,
                                 [&is_said](http::event_sender& to) { return tell(to, is_said); });
    });
    site.routes.get("/say", [&is_said](http::exchange& asked) {
        is_said.set();
        asked.reply("said");
    });
    serve::run_options options;
    options.addresses = {net::endpoint::parse("127.0.0.1:0")};
    options.fleet.loops = 1;
    options.fleet.server.limits.connections = 20'000;
    options.fleet.server.limits.per_address = 0;
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at " << where.front() << '\n';
    };
    serve::run(site.handler(), options);
} catch (const std::exception& error) {
    std::cerr << "site_probe: " << error.what() << '\n';
    return 1;
}
