// SPDX-License-Identifier: MIT
#include "zocalo/http/content_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/reader.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

io::task<> send_lines(http::exchange& asked) {
    asked.begin();
    for (const std::string_view each : {"first\nsec", "ond\n", "0123456789", "rest"}) {
        io::task<> writing = asked.write(each);
        co_await std::move(writing);
        io::task<> flushing = asked.flush();
        co_await std::move(flushing);
    }
    if (asked.path() == "/cut") throw http::status_error(http::status::bad_gateway);
}

/// What Python calls readline, peek, readinto, read1 and read.
io::task<> read_in_all_ways(io::stream content) {
    io::reader reader(content);
    for (const std::string_view wanted : {"first", "second"}) {
        io::task<std::optional<std::string_view>> next = reader.read_until("\n", 100);
        const auto line = co_await std::move(next);
        EXPECT_EQ(line, wanted);
    }
    while (reader.buffered().empty()) {
        io::task<bool> filling = reader.fill();
        const bool came = co_await std::move(filling);
        EXPECT_TRUE(came);
    }
    EXPECT_EQ(reader.buffered().text().front(), '0');
    io::task<std::string> reading = reader.read_exactly(10);
    std::string got = co_await std::move(reading);
    EXPECT_EQ(got, "0123456789");
    reading = reader.read_all(100);
    got = co_await std::move(reading);
    EXPECT_EQ(got, "rest");
}

io::task<> read_cut(io::stream content) {
    io::reader reader(content);
    bool is_cut = false;
    try {
        io::task<std::string> reading = reader.read_all(1000);
        const std::string got = co_await std::move(reading);
        EXPECT_EQ(got, "");
    } catch (const zocalo::protocol_error&) {
        is_cut = true;
    }
    EXPECT_TRUE(is_cut);
}

io::task<> use_client(net::endpoint where) {
    http::client asks;
    const std::string base = "http://" + where.to_string();
    io::task<http::response_stream> opening = asks.open({.url = base + "/whole"});
    http::response_stream answer = co_await std::move(opening);
    io::task<> reading = read_in_all_ways(http::content_stream(std::move(answer)));
    co_await std::move(reading);
    opening = asks.open({.url = base + "/cut"});
    answer = co_await std::move(opening);
    reading = read_cut(http::content_stream(std::move(answer)));
    co_await std::move(reading);
    asks.close_resting();
}

io::task<> use_connection(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http::client_connection server(std::move(line));
    http::request_head head;
    head.target = "/whole";
    head.fields.add("Host", "a");
    for (int i = 0; i < 2; ++i) {
        server.send(head);
        io::task<> receiving = server.receive();
        co_await std::move(receiving);
        io::task<> reading = read_in_all_ways(http::content_stream(server));
        co_await std::move(reading);
        EXPECT_TRUE(server.is_idle());
    }
}

io::task<> write_into_content(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http::client_connection server(std::move(line));
    io::stream content = http::content_stream(server);
    bool is_refused = false;
    try {
        co_await content.write("x");
    } catch (const std::system_error& error) {
        is_refused = error.code() == std::errc::operation_not_supported;
    }
    EXPECT_TRUE(is_refused);
}

class content_streams : public zocalo::tests::in_every_world {
 protected:
    void with_site(io::task<> (*talk)(net::endpoint where)) {
        http::site site;
        site.routes.get("/{path}", send_lines);
        serve::server running(site.handler());
        run(zocalo::tests::with_server(
            running, [&](serve::server&, net::endpoint where) { return talk(std::move(where)); }));
    }
};

TEST_P(content_streams, are_read_in_all_ways) {
    with_site(use_client);
}

TEST_P(content_streams, leave_the_connection_for_the_next_request) {
    with_site(use_connection);
}

TEST_P(content_streams, cannot_be_written) {
    with_site(write_into_content);
}

ZOCALO_IN_EVERY_WORLD(content_streams);

}  // namespace
