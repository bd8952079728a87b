// SPDX-License-Identifier: MIT
// A proxy and a site, over HTTP, in every world and in both protocols.
#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/rpc/client.hpp"
#include "zocalo/rpc/json.hpp"
#include "zocalo/rpc/server.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace rpc = zocalo::rpc;
namespace serve = zocalo::serve;
using rpc::value;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

io::task<std::string> wait(int milliseconds, std::string text) {
    co_await io::sleep(std::chrono::milliseconds(milliseconds));
    co_return text;
}

http::site make_site() {
    rpc::methods methods;
    methods.add("add", [](int a, int b) { return a + b; },
                {.help = "The sum of <two> numbers.", .names = {"a", "b"}});
    methods.add("wait", wait);
    methods.add("echo", [](const value& what) { return what; });
    methods.add("fail", [](int code) -> int { throw rpc::fault(code, "on purpose"); });
    http::site site;
    rpc::add_methods(site.routes, "/RPC2", methods, {.title = "A & B", .about = "Sums."});
    rpc::add_methods(site.routes, "/xml", rpc::methods(), {.json = false, .page = false});
    site.routes.post("/moved", [](http::exchange& asked) {
        asked.response().fields.set("Location", "/RPC2");
        asked.reply(http::status::found);
    });
    return site;
}

class rpc_dialogue : public zocalo::tests::in_every_world {
 protected:
    using talk = io::task<> (*)(rpc::proxy& server);

    void with_site(talk what, const std::string& path = "/RPC2", rpc::proxy_options options = {}) {
        const http::site site = make_site();
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return talk_and_close("http://" + where.to_string() + path, options, what);
        }));
    }
    /// In XML-RPC, and in JSON-RPC.
    void in_both(talk what) {
        with_site(what);
        with_site(what, "/RPC2", {.speaks = rpc::protocol::json});
    }
    static io::task<> talk_and_close(std::string url, rpc::proxy_options options, talk what) {
        rpc::proxy server(std::move(url), std::move(options));
        io::task<> talking = what(server);
        co_await std::move(talking);
        server.close_resting();
    }
};

io::task<> call_some(rpc::proxy& server) {
    io::task<int> adding = server.call<int>("add", 1, 2);
    const int three = co_await std::move(adding);
    EXPECT_EQ(three, 3);
    io::task<std::string> waiting = server.call<std::string>("wait", 10, "text");
    const std::string text = co_await std::move(waiting);
    EXPECT_EQ(text, "text");
    io::task<> ignoring = server.call<void>("echo", value());
    co_await std::move(ignoring);
    const value all = rpc::list(true, -1, 0.5, "\xC3\xA9 <&>\r\n", value(),
                                value::structure{{"a", rpc::list()}}, std::string(100'000, 'x'));
    io::task<value> echoing = server.call("echo", all);
    const value back = co_await std::move(echoing);
    EXPECT_EQ(back, all);
}

TEST_P(rpc_dialogue, calls) {
    in_both(call_some);
}

TEST_P(rpc_dialogue, calls_compressed) {
    with_site(call_some, "/RPC2", {.compress_from = 0});
}

io::task<> fail_some(rpc::proxy& server) {
    int code = 0;
    try {
        io::task<> failing = server.call<void>("fail", 77);
        co_await std::move(failing);
    } catch (const rpc::fault& wrong) {
        code = wrong.code();
        EXPECT_STREQ(wrong.what(), "on purpose");
    }
    EXPECT_EQ(code, 77);
    std::string error;
    try {
        io::task<std::string> adding = server.call<std::string>("add", 1, 2);
        co_await std::move(adding);
    } catch (const zocalo::protocol_error& wrong) {
        error = wrong.what();
    }
    EXPECT_EQ(error, "string expected, int came");
}

TEST_P(rpc_dialogue, fails) {
    in_both(fail_some);
}

io::task<> call_together(rpc::proxy& server) {
    std::vector<rpc::invocation> calls;
    for (int i = 0; i < 3; ++i) {
        rpc::invocation one;
        one.method = i == 1 ? "fail" : "add";
        one.parameters.assign(i == 1 ? 1 : 2, value(i));
        calls.push_back(std::move(one));
    }
    io::task<std::vector<rpc::outcome>> calling = server.invoke_all(std::move(calls));
    const std::vector<rpc::outcome> got = co_await std::move(calling);
    EXPECT_EQ(got.at(0).get(), value(0));
    EXPECT_TRUE(got.at(1).has_failed());
    EXPECT_EQ(got.at(2).get(), value(4));
    io::task<std::vector<rpc::outcome>> nothing = server.invoke_all({});
    const std::vector<rpc::outcome> none = co_await std::move(nothing);
    EXPECT_TRUE(none.empty());
}

TEST_P(rpc_dialogue, calls_several_in_one) {
    in_both(call_together);
}

io::task<> look_around(rpc::proxy& server) {
    io::task<std::vector<std::string>> naming = server.method_names();
    const std::vector<std::string> names = co_await std::move(naming);
    EXPECT_THAT(names, testing::Contains("wait"));
    io::task<std::string> helping = server.method_help("add");
    const std::string help = co_await std::move(helping);
    EXPECT_EQ(help, "The sum of <two> numbers.");
    io::task<std::vector<std::vector<std::string>>> asking = server.method_signatures("wait");
    const auto signatures = co_await std::move(asking);
    EXPECT_EQ(signatures, (std::vector<std::vector<std::string>>{{"string", "int", "string"}}));
}

TEST_P(rpc_dialogue, says_what_there_is) {
    in_both(look_around);
}

io::task<> notify_once(rpc::proxy& server) {
    rpc::invocation what;
    what.method = "fail";
    what.parameters.emplace_back(1);
    io::task<> telling = server.notify(std::move(what));
    co_await std::move(telling);
}

TEST_P(rpc_dialogue, notifies) {
    with_site(notify_once, "/RPC2", {.speaks = rpc::protocol::json});
    EXPECT_THROW(with_site(notify_once), std::invalid_argument);
}

io::task<> call_side_by_side(rpc::proxy& server) {
    io::task<std::string> one = server.call<std::string>("wait", 300, "a");
    io::task<std::string> other = server.call<std::string>("wait", 300, "b");
    const auto both = co_await io::all(std::move(one), std::move(other));
    EXPECT_EQ(std::get<0>(both) + std::get<1>(both), "ab");
}

TEST_P(rpc_dialogue, calls_side_by_side) {
    in_both(call_side_by_side);
}

template <int expected>
io::task<> be_refused(rpc::proxy& server) {
    int status = 0;
    try {
        io::task<int> adding = server.call<int>("add", 1, 2);
        co_await std::move(adding);
    } catch (const http::error_response& answer) {
        status = number(answer.status());
    }
    EXPECT_EQ(status, expected);
}

TEST_P(rpc_dialogue, tells_other_statuses) {
    with_site(be_refused<404>, "/nothing");
    with_site(be_refused<302>, "/moved");
    with_site(be_refused<415>, "/xml", {.speaks = rpc::protocol::json});
}

io::task<> read_page(serve::server& /*running*/, net::endpoint where) {
    http::client browser;
    const std::string base = "http://" + where.to_string();
    io::task<http::response> asking = browser.get(base + "/RPC2");
    const http::response page = co_await std::move(asking);
    EXPECT_THAT(page.content, HasSubstr("<h1>A &amp; B</h1>"));
    EXPECT_THAT(page.content, HasSubstr("<code>int add(int a, int b)</code>"));
    EXPECT_THAT(page.content, HasSubstr("The sum of &lt;two&gt; numbers."));
    EXPECT_THAT(page.content, HasSubstr("any echo(any)"));
    EXPECT_THAT(page.content, Not(HasSubstr("{{")));
    io::task<http::response> asking_other = browser.get(base + "/xml");
    const http::response none = co_await std::move(asking_other);
    EXPECT_EQ(none.status, http::status::method_not_allowed);
    browser.close_resting();
}

TEST_P(rpc_dialogue, shows_a_page) {
    const http::site site = make_site();
    serve::server running(site.handler());
    run(zocalo::tests::with_server(running, read_page));
}

/// What a browser may send without asking first is never a call.
io::task<> post_as_form(serve::server& /*running*/, net::endpoint where) {
    http::client browser;
    const std::string url = "http://" + where.to_string() + "/RPC2";
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                             "multipart/form-data; boundary=a", "", "text/xml, text/plain"}) {
        http::body body(rpc::to_json_call({"add"}, 1), type);
        io::task<http::response> asking = browser.post(url, std::move(body));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::unsupported_media_type) << type;
    }
    for (const char* codings : {"rot13", "gzip, gzip, gzip", "gzip, gzip"}) {
        http::fields fields;
        fields.set("Content-Encoding", codings);
        http::body body("no gzip", "text/xml");
        io::task<http::response> asking = browser.post(url, std::move(body), std::move(fields));
        const http::response got = co_await std::move(asking);
        const bool is_known = std::string_view(codings) == "gzip, gzip";
        EXPECT_EQ(got.status,
                  is_known ? http::status::bad_request : http::status::unsupported_media_type)
            << codings;
    }
    browser.close_resting();
}

TEST_P(rpc_dialogue, takes_nothing_that_a_form_can_send) {
    const http::site site = make_site();
    serve::server running(site.handler());
    run(zocalo::tests::with_server(running, post_as_form));
}

ZOCALO_IN_EVERY_WORLD(rpc_dialogue);

}  // namespace
