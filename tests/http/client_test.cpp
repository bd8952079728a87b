// SPDX-License-Identifier: MIT
#include "zocalo/http/client.hpp"

#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/serve/wire_trace.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;
using testing::Not;

const std::string plain(100'000, 'p');

/// Says what it was sent: the method, the target, the fields and the content.
io::task<> mirror(http::exchange& asked) {
    std::string text(asked.request().method.text());
    text += ' ';
    text += asked.request().target;
    text += '\n';
    for (const http::field each : asked.request().fields) {
        text.append(each.name).append(": ").append(each.value);
        text += '\n';
    }
    text += '\n';
    io::task<std::string> reading = asked.content(1 << 20);
    text += co_await std::move(reading);
    asked.reply(text);
}

/// `/to/301/x` redirects there, with that status.
void redirect(http::exchange& asked) {
    asked.response().fields.set("Location", "/" + asked.parameter("where"));
    asked.reply(http::status{static_cast<std::uint16_t>(std::stoi(asked.parameter("status")))});
}

/// The same bytes in a coding, or some that are none: `/coded/gzip`, `/coded/cut`.
void send_coded(http::exchange& asked) {
    const std::string how = asked.parameter("how");
    const auto coding = http::try_parse_coding(how);
    std::string coded = http::encode(std::string_view(plain), coding.value_or(http::coding::gzip));
    if (how == "cut") coded.resize(coded.size() - 5);
    if (how == "none") coded = "no gzip at all";
    asked.response().fields.set("Content-Encoding", coding ? how : "gzip");
    asked.reply(coded);
}

/// Says in another protocol what it hears.
io::task<> switch_protocols(http::exchange& asked) {
    io::task<std::string> reading = asked.content(0);
    (void)co_await std::move(reading);
    asked.response().status = http::status::switching_protocols;
    asked.response().fields.set("Connection", "Upgrade");
    asked.response().fields.set("Upgrade", "echo");
    asked.begin();
    io::task<io::stream> taking = asked.take_over();
    io::stream line = co_await std::move(taking);
    co_await line.write(std::string_view("hello "));
    io::task<std::string> hearing = zocalo::tests::read_all(line);
    const std::string heard = co_await std::move(hearing);
    co_await line.write(heard);
    io::task<> finishing = line.finish();
    co_await std::move(finishing);
}

http::site make_site() {
    http::site site;
    site.routes.get("/switch", switch_protocols);
    site.routes.get("/coded/{how}", send_coded);
    for (const auto& each : {http::method::get, http::method::post, http::method::put,
                             http::method::patch, http::method::delete_}) {
        site.routes.add(each, "/mirror/{rest...}", mirror);
        site.routes.add(each, "/to/{status}/{where...}", redirect);
    }
    return site;
}

class client : public zocalo::tests::in_every_world {
 protected:
    using talk = io::task<> (*)(http::client& asks, std::string base);

    void with_site(talk what, http::client_options options = {}) {
        const http::site site = make_site();
        serve::server running(site.handler());
        http::client asks(std::move(options));
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return talk_and_close(asks, what, "http://" + where.to_string());
        }));
    }
    static io::task<> talk_and_close(http::client& asks, talk what, std::string base) {
        io::task<> talking = what(asks, std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }
};

io::task<> ask_twice(http::client& asks, std::string base) {
    for (const bool is_first : {true, false}) {
        io::task<http::response> asking = asks.get(base + "/mirror/a?b=c#d");
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::ok);
        EXPECT_THAT(got.content, HasSubstr("GET /mirror/a?b=c\nHost: " + base.substr(7) + "\n"));
        EXPECT_EQ(got.url, base + "/mirror/a?b=c");
        EXPECT_EQ(got.hops.size(), 1U);
        EXPECT_EQ(got.hops.at(0).times.is_reused, !is_first);
        EXPECT_EQ(asks.resting(), 1U);
    }
}

TEST_P(client, keeps_a_connection) {
    with_site(ask_twice);
}

io::task<> send_bodies(http::client& asks, std::string base) {
    io::task<http::response> asking =
        asks.post(base + "/mirror/", http::body::form({{"a", "1 2"}, {"b", "&"}}));
    http::response got = co_await std::move(asking);
    EXPECT_THAT(got.content, HasSubstr("Content-Type: application/x-www-form-urlencoded\n"));
    EXPECT_THAT(got.content, HasSubstr("\n\na=1+2&b=%26"));

    asking = asks.put(base + "/mirror/", http::body::json("{\"a\": 1}"));
    got = co_await std::move(asking);
    EXPECT_THAT(got.content, HasSubstr("PUT "));
    EXPECT_THAT(got.content, HasSubstr("Content-Type: application/json\n"));
    EXPECT_THAT(got.content, HasSubstr("\n\n{\"a\": 1}"));

    const std::string large(300'000, 'x');
    asking = asks.put(base + "/mirror/", large);
    got = co_await std::move(asking);
    EXPECT_THAT(got.content, HasSubstr("Content-Length: 300000\n"));
    EXPECT_TRUE(got.content.ends_with("\n\n" + large));
    EXPECT_EQ(asks.resting(), 1U);
}

TEST_P(client, sends_bytes) {
    with_site(send_bodies);
}

io::task<> write_pieces(http::body_writer& to) {
    for (int i = 0; i < 10; ++i) {
        io::task<> writing = to.write("piece of the content;");
        co_await std::move(writing);
    }
}

io::task<> send_streams(http::client& asks, std::string base) {
    http::request what{.method = http::method::post, .url = base + "/mirror/"};
    what.body = http::body::stream(write_pieces);
    what.expect_continue = true;
    io::task<http::response> asking = asks.request(what);
    http::response got = co_await std::move(asking);
    EXPECT_THAT(got.content, HasSubstr("Transfer-Encoding: chunked\n"));
    EXPECT_THAT(got.content, HasSubstr("Expect: 100-continue\n"));
    EXPECT_TRUE(got.content.ends_with("content;piece of the content;"));

    what.body = http::body::stream(write_pieces, 210);
    asking = asks.request(what);
    got = co_await std::move(asking);
    EXPECT_THAT(got.content, HasSubstr("Content-Length: 210\n"));
}

TEST_P(client, sends_what_is_written_piece_by_piece) {
    with_site(send_streams);
}

io::task<> follow(http::client& asks, std::string base) {
    struct step {
        http::method before;
        int status;
        std::string_view after;
        bool keeps_content;
    };
    const step steps[] = {
        {http::method::get, 301, "GET", true},     {http::method::post, 301, "GET", false},
        {http::method::put, 301, "PUT", true},     {http::method::post, 302, "GET", false},
        {http::method::patch, 302, "PATCH", true}, {http::method::post, 303, "GET", false},
        {http::method::put, 303, "GET", false},    {http::method::post, 307, "POST", true},
        {http::method::post, 308, "POST", true},   {http::method::delete_, 307, "DELETE", true},
    };
    for (const step& each : steps) {
        http::request what{.method = each.before};
        what.url = base + "/to/" + std::to_string(each.status) + "/mirror/x";
        what.body = http::body("content", "text/plain");
        io::task<http::response> asking = asks.request(what);
        const http::response got = co_await std::move(asking);
        EXPECT_TRUE(got.content.starts_with(each.after)) << each.status << got.content;
        EXPECT_EQ(got.content.ends_with("\n\ncontent"), each.keeps_content) << each.status;
        EXPECT_EQ(got.content.find("text/plain") != std::string::npos, each.keeps_content);
        EXPECT_EQ(got.url, base + "/mirror/x");
        EXPECT_EQ(got.hops.size(), 2U);
        EXPECT_EQ(number(got.hops.at(0).status), each.status);
    }
}

TEST_P(client, follows_redirects_with_the_method_that_they_ask_for) {
    with_site(follow);
}

io::task<> follow_too_many(http::client& asks, std::string base) {
    std::string url = base;
    for (int i = 0; i < 11; ++i)
        url += "/to/302";
    http::request what{.url = url + "/mirror/"};
    std::string error;
    try {
        io::task<http::response> asking = asks.request(what);
        co_await std::move(asking);
    } catch (const zocalo::protocol_error& failure) {
        error = failure.what();
    }
    EXPECT_THAT(error, HasSubstr("more than 10 redirects"));
    what.redirects = 0;
    io::task<http::response> asking = asks.request(what);
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::found);
}

TEST_P(client, follows_so_many_and_no_more) {
    with_site(follow_too_many);
}

io::task<> ask_what_is_not_admitted(http::client& asks, std::string base) {
    std::string error;
    try {
        io::task<http::response> asking = asks.get(base + "/to/302/mirror/a");
        co_await std::move(asking);
    } catch (const zocalo::protocol_error& failure) {
        error = failure.what();
    }
    EXPECT_EQ(error, "not to " + base + "/mirror/a");
    error.clear();
    try {
        io::task<http::response> asking = asks.get(base + "/secret");
        co_await std::move(asking);
    } catch (const std::invalid_argument& failure) {
        error = failure.what();
    }
    EXPECT_EQ(error, "not there");
}

TEST_P(client, asks_only_where_it_is_admitted) {
    http::client_options options;
    options.admit = [](const zocalo::url::uri& where, bool is_redirect) {
        if (is_redirect) throw zocalo::protocol_error("not to " + where.to_string());
        if (where.path() == "/secret") throw std::invalid_argument("not there");
    };
    with_site(ask_what_is_not_admitted, std::move(options));
}

TEST_P(client, has_its_connections_seen) {
    std::string sent;
    std::string received;
    http::client_options options;
    options.over = [&](io::stream made) {
        return serve::watch(std::move(made), [&](serve::flow which, std::string_view bytes) {
            (which == serve::flow::sent ? sent : received) += bytes;
        });
    };
    with_site(ask_twice, std::move(options));
    EXPECT_THAT(sent, testing::StartsWith("GET /mirror/a?b=c HTTP/1.1\r\n"));
    EXPECT_THAT(received, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
}

io::task<> ask_for_nothing(http::client& asks, std::string base) {
    io::task<http::response> asking = asks.get(base + "/none");
    const http::response got = co_await std::move(asking);
    EXPECT_FALSE(got.is_success());
    std::string error;
    try {
        (void)got.error_for_status();
    } catch (const http::error_response& failure) {
        EXPECT_EQ(failure.status(), http::status::not_found);
        error = failure.what();
    }
    EXPECT_EQ(error, base + "/none: 404 Not Found");
}

TEST_P(client, takes_no_status_for_an_error) {
    with_site(ask_for_nothing);
}

io::task<> read_pieces(http::client& asks, std::string base) {
    http::request what{.method = http::method::put, .url = base + "/mirror/"};
    what.body = http::body(std::string(200'000, 'x'));
    io::task<http::response_stream> asking = asks.open(what);
    http::response_stream got = co_await std::move(asking);
    EXPECT_EQ(asks.resting(), 0U);
    std::size_t size = 0;
    for (;;) {
        io::task<zocalo::const_buffer> reading = got.read();
        const zocalo::const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        size += piece.size();
    }
    EXPECT_EQ(size, got.size());
    EXPECT_EQ(asks.resting(), 1U);
    asking = asks.open(what);
    got = co_await std::move(asking);
    EXPECT_EQ(asks.resting(), 0U);  // dropped with its connection
}

TEST_P(client, streams_a_response) {
    with_site(read_pieces);
}

io::task<> leave_http(http::client& asks, std::string base) {
    http::request what{.url = base + "/switch"};
    what.fields.add("Connection", "Upgrade");
    what.fields.add("Upgrade", "echo");
    io::task<http::response_stream> asking = asks.open(what);
    http::response_stream got = co_await std::move(asking);
    EXPECT_EQ(got.status(), http::status::switching_protocols);
    EXPECT_EQ(got.fields().get("Upgrade"), "echo");
    io::stream line = got.take_over();
    EXPECT_THROW((void)got.take_over(), std::logic_error);
    co_await line.write(std::string_view("you"));
    io::task<> finishing = line.finish();
    co_await std::move(finishing);
    io::task<std::string> reading = zocalo::tests::read_all(line);
    const std::string said = co_await std::move(reading);
    EXPECT_EQ(said, "hello you");
    EXPECT_EQ(asks.resting(), 0U);

    what = {.url = base + "/mirror/a"};
    asking = asks.open(what);
    got = co_await std::move(asking);
    EXPECT_THROW((void)got.take_over(), std::logic_error);
}

TEST_P(client, gives_its_connection_to_another_protocol) {
    with_site(leave_http);
}

io::task<> decode(http::client& asks, std::string base) {
    for (const std::string how : {"gzip", "deflate", "br", "zstd"}) {
        io::task<http::response> asking = asks.get(base + "/coded/" + how);
        http::response got = co_await std::move(asking);
        EXPECT_EQ(got.content, plain) << how;
        EXPECT_FALSE(got.fields.contains("Content-Encoding"));
        EXPECT_FALSE(got.fields.contains("Content-Length"));
        EXPECT_EQ(asks.resting(), 1U);
        http::fields own;
        own.add("Accept-Encoding", how);
        asking = asks.get(base + "/coded/" + how, own);
        got = co_await std::move(asking);
        EXPECT_EQ(got.fields.get("Content-Encoding"), how);
        EXPECT_LT(got.content.size(), plain.size());
    }
    for (const std::string how : {"cut", "none"}) {
        http::request what{.url = base + "/coded/" + how};
        io::task<http::response_stream> asking = asks.open(what);
        http::response_stream got = co_await std::move(asking);
        for (const bool is_again : {false, true}) {
            bool is_refused = false;
            try {
                io::task<std::string> reading = got.content(1 << 20);
                co_await std::move(reading);
            } catch (const zocalo::protocol_error&) {
                is_refused = true;
            }
            EXPECT_TRUE(is_refused) << how << is_again;
        }
    }
}

TEST_P(client, takes_content_out_of_its_coding) {
    with_site(decode);
}

ZOCALO_IN_EVERY_WORLD(client);

TEST(client_options, have_no_secrets_for_everybody) {
    for (const std::string_view name : {"Authorization", "cookie", "Proxy-Authorization", "host"}) {
        http::client_options options;
        options.fields.add(name, "x");
        EXPECT_THROW(http::client{options}, std::invalid_argument) << name;
    }
}

TEST(client_request, is_checked_before_anything_is_sent) {
    http::client asks;
    for (const char* const url : {"", "/path", "ftp://a/", "http://", "http://a b/", "http://a:x/",
                                  "http://a\r\n/", "http://a/\r\nX: y", "http://127.1/"})
        EXPECT_THROW((void)asks.get(url).get(), std::invalid_argument) << url;
}

}  // namespace
