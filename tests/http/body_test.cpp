// SPDX-License-Identifier: MIT
#include "zocalo/http/body.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/file.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace std::string_literals;

/// Says what form it was sent, as it was.
io::task<> mirror_form(http::exchange& asked) {
    const http::content_size size = asked.announced();
    asked.response().fields.set("Was", asked.request().fields.get("Content-Type"));
    asked.response().fields.set("Had-Size", size ? std::to_string(*size) : "none");
    io::task<std::string> reading = asked.content(1 << 20);
    const std::string content = co_await std::move(reading);
    asked.reply(content);
}

void redirect(http::exchange& asked) {
    asked.response().fields.set("Location", "/form");
    asked.reply(http::status::temporary_redirect);
}

class multipart_body : public zocalo::tests::in_every_world {
 protected:
    using talk = io::task<> (*)(http::client& asks, std::string base);

    void with_site(talk what) {
        http::site site;
        site.routes.post("/form", mirror_form).post("/elsewhere", redirect);
        serve::server running(site.handler());
        http::client asks;
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

io::task<> keep(std::string path, std::string text) {
    io::task<io::file> opening =
        io::open_file(path, {.writable = true, .create = true, .empty = true});
    io::file to = co_await std::move(opening);
    io::task<> writing = to.write(text);
    co_await std::move(writing);
}

class discard final : public http::body_writer {
 public:
    io::task<> write(zocalo::const_buffer /*data*/) override { co_return; }
    io::task<> flush() override { co_return; }
    void set_trailers(http::fields /*last*/) override {}
};

const std::string pieces = "one two three ";

io::task<> write_pieces(http::body_writer& to) {
    for (const std::string_view each : {"one ", "two ", "three "}) {
        io::task<> writing = to.write(each);
        co_await std::move(writing);
    }
}

std::vector<http::body_part> form_with_files(const std::string& path, http::body last) {
    return {{.name = "title", .content = "Holi\r\ndays"},
            {.name = "empty", .content = "", .file_name = "none.txt"},
            {.name = "photo", .content = http::body::file(path, "image/png")},
            {.name = "other", .content = http::body::file(path), .file_name = "a b.png"},
            {.name = "last", .content = std::move(last)}};
}

void expect_form(const http::response& got, const std::string& file, std::string_view last) {
    const http::form filled = http::form::parse(got.fields.get("Was"), got.content);
    EXPECT_EQ(filled.find("title"), "Holi\r\ndays");
    EXPECT_EQ(filled.find("last"), last);
    EXPECT_EQ(filled.files.size(), 3U);
    for (const http::form_file& each : filled.files)
        EXPECT_EQ(each.content, each.name == "empty" ? "" : file);
    EXPECT_EQ(filled.find_file("empty")->file_name, "none.txt");
    EXPECT_EQ(filled.find_file("photo")->file_name, "cat.png");
    EXPECT_EQ(filled.find_file("photo")->type, "image/png");
    EXPECT_EQ(filled.find_file("other")->file_name, "a b.png");
}

io::task<> send_forms(http::client& asks, std::string base) {
    const zocalo::tests::folder folder;
    const std::string path = folder.file("cat.png");
    const std::string file(200'000, 'c');
    io::task<> keeping = keep(path, file);
    co_await std::move(keeping);
    http::request what{.method = http::method::post, .url = base + "/elsewhere"};
    what.body = http::body::multipart(form_with_files(path, "text"));
    EXPECT_TRUE(what.body.is_repeatable());
    io::task<http::response> asking = asks.request(what);
    http::response got = co_await std::move(asking);
    expect_form(got, file, "text");
    io::task<http::content_size> counting = what.body.size();
    const http::content_size size = co_await std::move(counting);
    EXPECT_EQ(got.content.size(), size);
    EXPECT_EQ(got.fields.get("Had-Size"), std::to_string(*size));

    what.url = base + "/form";
    what.body = http::body::multipart(form_with_files(path, http::body::stream(write_pieces)));
    EXPECT_FALSE(what.body.is_repeatable());
    asking = asks.request(what);
    got = co_await std::move(asking);
    EXPECT_EQ(got.fields.get("Had-Size"), "none");
    expect_form(got, file, pieces);
}

TEST_P(multipart_body, sends_forms_with_files) {
    with_site(send_forms);
}

/// A file that changes after its size was said is an error, and not another form.
io::task<> send_changing_form(http::client& asks, std::string base) {
    const zocalo::tests::folder folder;
    const std::string path = folder.file("cat.png");
    io::task<> keeping = keep(path, "123");
    co_await std::move(keeping);
    const auto grow = [path](http::body_writer&) { return keep(path, "12345"); };
    http::request what{.method = http::method::post, .url = base + "/form"};
    what.body = http::body::multipart({{.name = "first", .content = http::body::stream(grow, 0)},
                                       {.name = "file", .content = http::body::file(path)}});
    io::task<http::response> asking = asks.request(what);
    const http::response got = co_await std::move(asking);
    const http::form filled = http::form::parse(got.fields.get("Was"), got.content);
    EXPECT_EQ(filled.find_file("file")->content, "123");

    discard body;
    io::task<> writing = what.body.write_to(body, got.content.size());
    bool is_refused = false;
    try {
        co_await std::move(writing);
    } catch (const std::runtime_error&) {
        is_refused = true;
    }
    EXPECT_TRUE(is_refused);
}

TEST_P(multipart_body, sends_no_form_that_changes) {
    with_site(send_changing_form);
}

TEST(body, refuses_what_cannot_be_in_a_form) {
    EXPECT_THROW((void)http::body::multipart({{.name = "a\0b"s, .content = "c"}}),
                 std::invalid_argument);
    EXPECT_THROW((void)http::body::multipart({{.name = "a", .content = {"c", "d\r\n"}}}),
                 std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(multipart_body);

}  // namespace
