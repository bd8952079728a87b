// SPDX-License-Identifier: MIT
// Requests of HTTP/2 for those that speak another protocol behind the site: in HTTP/2 no field says
// that content follows.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "http/http2_caller.hpp"
#include "http/proxy_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/cgi.hpp"

namespace {

using testing::HasSubstr;
using zocalo::tests::http2_answer;
using zocalo::tests::http2_caller;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

/// POSTs content without saying how much, or nothing at all.
io::task<> post(net::endpoint where, std::string target, std::string content, http2_answer& got) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const http::content_size size = content.empty() ? http::content_size(0) : http::content_size();
    const std::uint32_t stream = caller.post(std::move(target), size);
    if (!content.empty()) caller.engine.send_data(stream, content);
    caller.engine.send_end(stream);
    co_await caller.wait_for(stream);
    got = caller.answers[stream];
}

io::task<> tell(http::exchange& asked) {
    io::task<std::string> reading = asked.content(1 << 20);
    const std::string all = co_await std::move(reading);
    const http::fields& said = asked.request().fields;
    std::string text = asked.has_content() ? "content " : "none ";
    text += std::to_string(all.size()) + " " + std::string(said.get("Transfer-Encoding")) + " via ";
    asked.reply(text + std::string(said.get("Via")));
}

TEST(http2_passing, has_content_of_a_size_that_nobody_says) {
    http::site upstream;
    upstream.routes.post("/tell", tell);
    http::reverse_proxy_options how;
    how.name = "us";
    zocalo::tests::proxy_world world({upstream.handler()}, how);
    http2_answer got;
    const std::string large(200'000, 'x');
    world.run([&](net::endpoint where) { return post(std::move(where), "/tell", large, got); });
    EXPECT_EQ(got.head.status, http::status::ok);
    EXPECT_EQ(got.content, "content 200000 chunked via 2 us");
}

TEST(http2_passing, has_none_where_there_is_none) {
    http::site upstream;
    upstream.routes.post("/tell", tell);
    http::reverse_proxy_options how;
    how.name = "us";
    zocalo::tests::proxy_world world({upstream.handler()}, how);
    http2_answer got;
    world.run([&](net::endpoint where) { return post(std::move(where), "/tell", "", got); });
    EXPECT_EQ(got.content, "none 0  via 2 us");
}

TEST(http2_passing, is_refused_by_programs_that_have_to_know_the_size) {
    const zocalo::tests::folder programs;
    std::ofstream(programs.file("env"))
        << "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nenv\n";
    std::filesystem::permissions(programs.file("env"), std::filesystem::perms{0755});
    http::cgi_options how;
    how.folder = programs.path();
    http::site site;
    site.filters = {http::under("/cgi-bin", http::cgi(how))};
    http2_answer got;
    const auto ask = [&](std::string content) {
        serve::server running(site.handler());
        io::loop loop;
        loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return post(std::move(where), "/cgi-bin/env", content, got);
        }));
    };
    ask("some");
    EXPECT_EQ(got.head.status, http::status::length_required);
    ask("");
    EXPECT_EQ(got.head.status, http::status::ok);
    EXPECT_THAT(got.content, HasSubstr("SERVER_PROTOCOL=HTTP/2.0\n"));
}

}  // namespace
