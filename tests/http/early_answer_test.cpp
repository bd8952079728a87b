// SPDX-License-Identifier: MIT
// Servers of HTTP/1.1 that answer while the content of the request is still on its way: they are
// heard, and nothing more is sent to those who want no more of it (RFC 9112 §9.5). Those of HTTP/2
// are in client_http2_test.cpp.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

constexpr std::string_view no =
    "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 7\r\n\r\nToo big";

/// More than any buffer between here and there.
http::body large() {
    return std::string(20'000'000, 'x');
}
http::body endless() {
    return http::body::stream([](http::body_writer& to) -> io::task<> {
        const std::string piece(50'000, 'x');
        for (;;)
            co_await to.write(piece);
    });
}
/// It goes out in one piece with the head.
http::body small() {
    return std::string(60'000, 'x');
}

std::string as_chunk(const std::string& data) {
    std::ostringstream text;
    text << std::hex << data.size() << "\r\n" << data << "\r\n";
    return text.str();
}

class early_answer : public zocalo::tests::in_every_world {
 protected:
    /// Answers when the head has come, and reads no more; then it closes, which is a reset, or
    /// stays until the client has gone.
    io::task<> refuse(serve::connection& client) {
        std::string heard;
        while (heard.find("\r\n\r\n") == std::string::npos) {
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            heard += got.text();
        }
        ++asked_;
        co_await client.stream().write(no);
        if (closes_) {
            client.stream().close();
        } else {
            while (!is_heard_)
                co_await io::sleep(std::chrono::milliseconds(1));
        }
    }

    void expect_no(bool closes, http::body (*content)()) {
        closes_ = closes;
        is_heard_ = false;
        asked_ = 0;
        serve::server running([this](serve::connection& client) { return refuse(client); });
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return ask("http://" + where.to_string() + "/", content);
        }));
        EXPECT_EQ(asked_, 2U);  // nothing was asked again
    }
    io::task<> ask(std::string url, http::body (*content)()) {
        http::client asks;
        http::request what{.method = http::method::put, .url = url};
        what.body = content();
        {
            io::task<http::response> asking = asks.request(what);
            const http::response got = co_await std::move(asking);
            EXPECT_EQ(got.status, http::status::content_too_large);
            EXPECT_EQ(got.content, "Too big");
        }
        io::task<http::response_stream> opening = asks.open(std::move(what));
        http::response_stream got = co_await std::move(opening);
        EXPECT_EQ(got.status(), http::status::content_too_large);
        io::task<std::string> reading = got.content(100);
        const std::string said = co_await std::move(reading);
        EXPECT_EQ(said, "Too big");
        EXPECT_EQ(asks.resting(), 0U);
        is_heard_ = true;
    }

 private:
    bool closes_ = false;
    bool is_heard_ = false;
    unsigned asked_ = 0;
};

TEST_P(early_answer, is_heard_when_the_server_closes) {
    expect_no(true, large);
    expect_no(true, endless);
    expect_no(true, small);
}

TEST_P(early_answer, ends_the_sending_when_the_server_stays) {
    expect_no(false, large);
    expect_no(false, endless);
    expect_no(false, small);
}

/// A success says that the content is welcome; its end, that nobody needs the rest.
class early_success : public zocalo::tests::in_every_world {
 protected:
    /// The request's head, and what of the content came with it.
    static io::task<std::string> read_head(serve::connection& client) {
        std::string heard;
        while (heard.find("\r\n\r\n") == std::string::npos) {
            const io::chunk got = co_await client.stream().read();
            heard += got.text();
        }
        co_return heard.substr(heard.find("\r\n\r\n") + 4);
    }
    /// Twice, in chunks: what came, or that all came.
    io::task<> serve_both(serve::connection& client) {
        for (int i = 0; i < 2; ++i) {
            io::task<> next = serve_one(client);
            co_await std::move(next);
        }
    }
    io::task<> serve_one(serve::connection& client) {
        io::task<std::string> reading = read_head(client);
        std::string came = co_await std::move(reading);
        const std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        co_await client.stream().write(head);
        std::size_t all = 0;
        for (;;) {
            all += came.size();
            if (echoes_) {
                const std::string chunk = as_chunk(came);
                if (!came.empty()) co_await client.stream().write(chunk);
            }
            if (all == size_) break;
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            came = got.text();
        }
        const std::string_view end = echoes_ ? "0\r\n\r\n" : "3\r\nall\r\n0\r\n\r\n";
        co_await client.stream().write(end);
    }
    std::string answer_to(std::size_t size, bool echoes) {
        size_ = size;
        echoes_ = echoes;
        std::string said;
        serve::server running([this](serve::connection& client) { return serve_both(client); });
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return ask("http://" + where.to_string() + "/", said);
        }));
        return said;
    }
    io::task<> ask(std::string url, std::string& said) const {
        http::client asks;
        for (int i = 0; i < 2; ++i) {  // on one connection: nothing was cut off
            http::request what{.method = http::method::put, .url = url};
            what.body = std::string(size_, 'x');
            io::task<http::response> asking = asks.request(std::move(what));
            http::response got = co_await std::move(asking);
            EXPECT_EQ(got.status, http::status::ok);
            said = std::move(got.content);
            EXPECT_EQ(asks.resting(), 1U);
        }
    }

 private:
    std::size_t size_ = 0;
    bool echoes_ = false;
};

TEST_P(early_success, does_not_end_the_sending) {
    EXPECT_EQ(answer_to(20'000'000, false), "all");
}

TEST_P(early_success, is_kept_while_the_rest_is_sent) {
    EXPECT_EQ(answer_to(3'000'000, true), std::string(3'000'000, 'x'));
}

ZOCALO_IN_EVERY_WORLD(early_answer);
ZOCALO_IN_EVERY_WORLD(early_success);

}  // namespace
