// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/gopher/server.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/sim/world.hpp"
#include "zocalo/url/quote.hpp"

/// A web server and a Gopher server of one simulated host.
namespace zocalo::tests {

template <class T>
io::task<T> as_task(T value) {
    co_return value;
}

class burrow_service final : public gopher::service {
 public:
    io::task<> answer(const gopher::request& asked, gopher::reply& to) override {
        if (asked.selector.empty()) {
            gopher::item item;
            item.type = gopher::item_type::text;
            item.name = "text";
            item.selector = "/text";
            gopher::menu items;
            items.push_back(item);
            co_await to.menu(items);
        } else if (asked.selector == "/text") {
            co_await to.text("a text\n.\nof lines\n");
        } else if (asked.selector == "/large.gz") {
            const std::string large(300'000, 'x');
            co_await to.begin_bytes(large.size());
            co_await to.write(large);
            co_await to.finish();
        } else {
            co_await to.error("there is no such thing");
        }
    }
};

class both_servers : public testing::Test {
 public:
    template <class Test>
    void with_servers(io::task<> (Test::*what)()) {
        http::site site = make_site();
        serve::server web_server(site.handler());
        serve::server burrow_server(gopher::talk(std::make_shared<burrow_service>()));
        sim::world world(1);
        const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
            web = "http://" + where.to_string() + "/";
            io::task<> testing = (static_cast<Test*>(this)->*what)();
            co_await std::move(testing);
        };
        const auto beside_web = [&](serve::server&, net::endpoint where) -> io::task<> {
            burrow = "gopher://" + where.to_string() + "/";
            io::task<> talking = with_server(web_server, talk);
            co_await std::move(talking);
        };
        world.host("here").run(with_server(burrow_server, beside_web));
    }

    std::string web;     ///< URLs, up to their slash
    std::string burrow;  ///< the same

 private:
    static http::site make_site() {
        http::site site;
        site.routes.get("/greeting", [](http::exchange& asked) {
            asked.reply("good d\xE4y", "text/plain; charset=ISO-8859-1");
        });
        site.routes.get("/large",
                        [](http::exchange& asked) { asked.reply(std::string(300'000, 'x')); });
        site.routes.get("/fields", [](http::exchange& asked) {
            std::string text;
            asked.request().fields.append_to(text);
            asked.reply(text);
        });
        site.routes.get("/to", [](http::exchange& asked) {
            const std::string& target = asked.request().target;
            asked.response().fields.set("Location", target.substr(target.find('?') + 1));
            asked.reply(http::status::found);
        });
        site.routes.get("/broken", [](http::exchange& asked) {
            asked.reply(http::status::internal_server_error);
        });
        site.routes.get("/short", [](http::exchange& asked) { return break_off(asked); });
        site.routes.post("/echo", [](http::exchange& asked) { return echo_content(asked); });
        return site;
    }
    static io::task<> echo_content(http::exchange& asked) {
        io::task<std::string> reading = asked.content(1000);
        const std::string content = co_await std::move(reading);
        asked.reply(content);
    }
    static io::task<> break_off(http::exchange& asked) {
        asked.begin(1000);
        const std::string part(400, 'x');
        co_await asked.write(part);
        co_await asked.flush();
        fail();
    }
    static void fail() { throw std::runtime_error("broken off"); }
};

}  // namespace zocalo::tests
