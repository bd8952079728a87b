// SPDX-License-Identifier: MIT
// What servers say that is no answer to anybody: late, or to be thrown away.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Answers each connection's requests with what stands at its place.
struct answering {
    std::vector<std::string> answers;
    std::string late;        ///< comes behind each of them, when that was heard
    bool is_silent = false;  ///< and does not close, when it is through
    std::size_t accepted = 0;

    io::task<> talk(serve::connection& client) {
        const std::size_t mine = std::min(accepted++, answers.size() - 1);
        for (bool goes_on = true; goes_on;) {
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            co_await client.stream().write(answers[mine]);
            goes_on = is_silent || answers[mine] == fine;
            if (late.empty()) continue;
            co_await io::sleep(10ms);
            co_await client.stream().write(late);
        }
    }
};

class client_leftovers : public zocalo::tests::in_every_world {
 public:
    using talk = io::task<> (client_leftovers::*)(std::string base);
    void against(talk what) {
        serve::server running([this](serve::connection& client) { return says.talk(client); });
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return finish(what, "http://" + where.to_string() + "/");
        }));
    }
    io::task<> finish(talk what, std::string base) {
        io::task<> talking = (this->*what)(std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }
    io::task<std::string> ask(http::method how, std::string url) {
        io::task<http::response> asking = asks.request({.method = how, .url = std::move(url)});
        const http::response got = co_await std::move(asking);
        co_return (got.is_success() ? "good " : "bad ") + got.content;
    }
    void begin_anew() {
        asks.close_resting();
        says.accepted = 0;
    }
    io::task<> try_late(std::string base);
    io::task<> try_unwanted(std::string base);

    answering says;
    http::client asks;
};

/// A connection may have been told anything while it rested: for every request it is looked at.
io::task<> client_leftovers::try_late(std::string base) {
    says.answers = {fine};
    for (const char* late : {"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "\r\n"}) {
        says.late = late;
        begin_anew();
        for (const http::method how : {http::method::get, http::method::put, http::method::post}) {
            io::task<std::string> asking = ask(how, base);
            const std::string came = co_await std::move(asking);
            EXPECT_EQ(came, "good hi") << late;
            co_await io::sleep(20ms);
        }
        EXPECT_EQ(says.accepted, 3U);
    }
}

TEST_P(client_leftovers, that_come_to_a_connection_at_rest_are_no_answers) {
    against(&client_leftovers::try_late);
}

/// What was to come behind a redirect is nobody's: nobody waits for it, or minds what is wrong.
io::task<> client_leftovers::try_unwanted(std::string base) {
    const std::string there = "HTTP/1.1 302 X\r\nLocation: /a\r\n";
    for (const char* rest :
         {"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
          "Transfer-Encoding: chunked\r\n\r\nzzz\r\n"}) {
        for (const bool is_silent : {false, true}) {
            says.answers = {there + rest, fine};
            says.is_silent = is_silent;
            begin_anew();
            const io::time_point began = co_await io::now();
            io::task<std::string> asking = ask(http::method::get, base);
            const std::string came = co_await std::move(asking);
            const io::time_point ended = co_await io::now();
            EXPECT_EQ(came, "good hi") << rest;
            EXPECT_LT(ended - began, 10s) << rest;
            EXPECT_EQ(says.accepted, 2U);
        }
    }
}

TEST_P(client_leftovers, behind_redirects_are_not_waited_for) {
    against(&client_leftovers::try_unwanted);
}

ZOCALO_IN_EVERY_WORLD(client_leftovers);

}  // namespace
