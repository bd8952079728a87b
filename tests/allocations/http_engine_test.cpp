// SPDX-License-Identifier: MIT
// A connection that goes on reads and writes heads and content without allocating.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "allocations/allocations.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace http = zocalo::http;

/// One end hears what the other one has to say; the bytes of its content.
template <class Engine>
std::size_t hear(Engine& engine, std::string& sent) {
    std::size_t content = 0;
    std::string_view rest = sent;
    for (;;) {
        const http::incoming got = engine.next(rest);
        rest.remove_prefix(got.used);
        content += got.data.size();
        if (got.what == http::event::need_data || got.what == http::event::paused) break;
    }
    sent.clear();
    return content;
}

TEST(http_engine, allocates_nothing_on_a_connection_that_goes_on) {
    http::client_engine client;
    http::server_engine server;
    const http::request_head question{
        .method = http::method::post,
        .target = "/a/path/that/is/not/short?with=a&query=string",
        .fields = {{"Host", "www.example.org"}, {"Cookie", std::string(500, 'c')}}};
    const http::response_head answer{.fields = {{"Content-Type", "text/plain"}}};
    const std::string content(1000, 'x');
    const auto exchange = [&] {
        client.send(question, content.size());
        client.send_data(content);
        client.send_end();
        EXPECT_EQ(hear(server, client.output()), content.size());
        server.send(answer);
        server.send_data(content);
        server.send_end();
        EXPECT_EQ(hear(client, server.output()), content.size());
        EXPECT_TRUE(client.is_idle() && server.is_idle());
    };
    exchange();
    exchange();
    const std::size_t before = zocalo::tests::allocations::count();
    for (int i = 0; i < 1000; ++i)
        exchange();
    EXPECT_EQ(zocalo::tests::allocations::count(), before);
}

}  // namespace
