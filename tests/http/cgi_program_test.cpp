// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi_program.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "support/streams.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/http/cgi_head.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/rpc/server.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace rpc = zocalo::rpc;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

using environment = std::vector<std::string>;

environment with(environment more, const environment& all = {"REQUEST_METHOD=GET"}) {
    more.insert(more.end(), all.begin(), all.end());
    return more;
}

// --- What is asked

TEST(cgi_request, is_what_the_environment_says) {
    const auto asked = http::cgi_request::parse(environment{
        "REQUEST_METHOD=POST", "PATH_INFO=/a b/\xC3\xA9?", "QUERY_STRING=x=%20&y", "PATH=/bin",
        "CONTENT_LENGTH=7", "CONTENT_TYPE=text/plain", "HTTP_HOST=example.org:8080",
        "HTTP_ACCEPT_LANGUAGE=es", "HTTP_COOKIE=a=1; b=2", "REMOTE_ADDR=192.0.2.1",
        "REMOTE_PORT=4711", "REMOTE_USER=ada", "SERVER_ADDR=::1", "SERVER_PORT=443", "HTTPS=on"});
    EXPECT_EQ(asked.head.method, http::method::post);
    EXPECT_EQ(asked.head.target, "/a%20b/%C3%A9%3F?x=%20&y");
    EXPECT_EQ(asked.head.version, http::version::http_1_0);
    EXPECT_EQ(asked.head.fields, (http::fields{{"Accept-Language", "es"},
                                               {"Cookie", "a=1; b=2"},
                                               {"Host", "example.org:8080"},
                                               {"Content-Type", "text/plain"}}));
    EXPECT_EQ(asked.size, 7U);
    EXPECT_EQ(asked.user, "ada");
    EXPECT_EQ(asked.client.address, net::endpoint::parse("192.0.2.1:4711"));
    EXPECT_NE(asked.client.tls, nullptr);
    EXPECT_EQ(asked.address, net::endpoint::parse("[::1]:443"));
}

TEST(cgi_request, needs_no_more_than_a_method) {
    const auto asked = http::cgi_request::parse(environment{"REQUEST_METHOD=GET", "HTTPS=off"});
    EXPECT_EQ(asked.head.target, "/");
    EXPECT_TRUE(asked.head.fields.empty());
    EXPECT_EQ(asked.size, 0U);
    EXPECT_EQ(asked.client.tls, nullptr);
    EXPECT_FALSE(asked.client.address.is_inet());
}

TEST(cgi_request, knows_the_host_of_the_server_when_the_client_says_none) {
    const auto host = [](environment all) {
        return std::string(http::cgi_request::parse(with(std::move(all))).head.fields.get("Host"));
    };
    EXPECT_EQ(host({"SERVER_NAME=a.example", "SERVER_PORT=80"}), "a.example");
    EXPECT_EQ(host({"SERVER_NAME=a.example", "SERVER_PORT=443", "HTTPS=1"}), "a.example");
    EXPECT_EQ(host({"SERVER_NAME=::1", "SERVER_PORT=8000"}), "[::1]:8000");
    EXPECT_EQ(host({"SERVER_NAME=a.example", "HTTP_HOST=b.example"}), "b.example");
}

TEST(cgi_request, drops_what_is_of_the_connection_and_proxies) {
    const auto asked = http::cgi_request::parse(
        with({"HTTP_PROXY=http://me:sesame@proxy", "HTTP_CONNECTION=Upgrade", "HTTP_UPGRADE=x",
              "HTTP_TRANSFER_ENCODING=chunked", "HTTP_CONTENT_LENGTH=9", "HTTP_EXPECT=100-continue",
              "HTTP_CONTENT_TYPE=a/b", "HTTP_TE=trailers", "HTTP_=x", "HTTP_X(Y=z"}));
    EXPECT_TRUE(asked.head.fields.empty());
    EXPECT_EQ(asked.size, 0U);
}

TEST(cgi_request, refuses_what_is_none) {
    const auto answer_to = [](const environment& all) {
        try {
            (void)http::cgi_request::parse(all);
        } catch (const http::bad_message& error) {
            return http::number(error.answer());
        }
        return std::uint16_t{200};
    };
    EXPECT_EQ(answer_to({}), 500);
    EXPECT_EQ(answer_to({"REQUEST_METHOD="}), 500);
    EXPECT_EQ(answer_to({"REQUEST_METHOD=G T"}), 400);
    EXPECT_EQ(answer_to({"REQUEST_METHOD=CONNECT"}), 501);
    for (const char* each :
         {"PATH_INFO=a", "QUERY_STRING=a b", "QUERY_STRING=\xC3\xA9", "CONTENT_LENGTH=-1",
          "CONTENT_LENGTH=1x", "CONTENT_LENGTH=99999999999999999999", "HTTP_X=a\r\nY: b",
          "HTTP_HOST=a b", "CONTENT_TYPE=a\nb", "QUERY_STRING=a HTTP/1.1\r\nX: y"})
        EXPECT_EQ(answer_to(with({each})), 400) << each;
}

// --- How it is answered

/// A program, and the server that runs it.
class cgi_program : public testing::Test {
 protected:
    static io::task<> write_all(io::stream& to, std::string text) {
        if (!text.empty()) co_await to.write(text);
    }
    io::task<std::string> run(environment all, std::string content) {
        auto [in, feed] = io::memory_pair(1000);
        auto [out, heard] = io::memory_pair(1000);
        io::task<> answering = http::answer_cgi(site, all, std::move(in), std::move(out), within);
        auto both = io::all(catching(std::move(answering)), write_all(feed, content),
                            zocalo::tests::read_all(heard));
        auto results = co_await std::move(both);
        co_return std::get<2>(results);
    }
    io::task<> catching(io::task<> what) {
        try {
            co_await std::move(what);
        } catch (const std::exception& error) {
            complaint = error.what();
        }
    }
    std::string ask(environment all, const std::string& content = {}) {
        io::loop loop;
        return loop.run(run(std::move(all), content));
    }
    std::string get(const std::string& path) { return ask(with({"PATH_INFO=" + path})); }

    http::site site;
    serve::limits within;
    std::string complaint;  ///< what it has thrown
};

TEST_F(cgi_program, answers_what_it_was_started_for) {
    site.routes.get("/hello/{name}", [](http::exchange& asked) {
        asked.reply("Hello, " + asked.parameter("name") + "! " + std::string(asked.query()));
    });
    EXPECT_EQ(ask(with({"PATH_INFO=/hello/a b", "QUERY_STRING=x"})),
              "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 13\r\n\r\nHello, a b! x");
    EXPECT_THAT(get("/none"), StartsWith("Status: 404 Not Found\r\n"));
    EXPECT_THAT(ask({"REQUEST_METHOD=PUT", "PATH_INFO=/hello/x"}),
                AllOf(StartsWith("Status: 405 "), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n")));
    EXPECT_THAT(ask({"REQUEST_METHOD=HEAD", "PATH_INFO=/hello/x"}),
                EndsWith("Content-Length: 10\r\n\r\n"));
    EXPECT_EQ(complaint, "");
}

TEST_F(cgi_program, knows_who_asks) {
    site.routes.get("/", [](http::exchange& asked) {
        const serve::connection& client = asked.client();
        asked.reply(client.peer().to_string() + " " + client.local_endpoint().to_string() + " " +
                    asked.user() + (client.peer().tls ? " secure" : " plain"));
    });
    EXPECT_THAT(ask(with({"REMOTE_ADDR=192.0.2.1", "REMOTE_PORT=1", "REMOTE_USER=ada",
                          "SERVER_ADDR=192.0.2.9", "SERVER_PORT=443", "HTTPS=on"})),
                EndsWith("\r\n\r\n192.0.2.1:1 192.0.2.9:443 ada secure"));
}

io::task<> echo(http::exchange& asked) {
    asked.begin(asked.announced());
    for (;;) {
        io::task<zocalo::const_buffer> reading = asked.read();
        const zocalo::const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> writing = asked.write(piece);
        co_await std::move(writing);
        io::task<> flushing = asked.flush();
        co_await std::move(flushing);
    }
    asked.end();
}

TEST_F(cgi_program, streams_content_both_ways_and_reads_no_more_than_was_announced) {
    site.routes.post("/", echo);
    const std::string large(300'000, 'x');
    // Its pipes hold a thousand bytes: nothing comes through that is not passed on at once.
    EXPECT_THAT(
        ask({"REQUEST_METHOD=POST", "CONTENT_LENGTH=300000"}, large + "the next request"),
        AllOf(StartsWith("Status: 200 OK\r\nContent-Length: 300000\r\n\r\n"), EndsWith(large)));
    EXPECT_EQ(complaint, "");
}

TEST_F(cgi_program, leaves_what_is_behind_the_content_to_its_owner) {
    site.routes.post("/", echo);
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe(ends), 0);
    const zocalo::unique_fd kept(ends[0]);
    const zocalo::unique_fd feed(ends[1]);
    ASSERT_EQ(::write(feed.get(), "spam and more", 13), 13);
    io::stream in = io::open_descriptor(zocalo::unique_fd(::dup(kept.get())));
    auto [out, heard] = io::memory_pair();
    const environment all{"REQUEST_METHOD=POST", "CONTENT_LENGTH=4"};
    http::answer_cgi(site, all, std::move(in), std::move(out)).get();
    EXPECT_THAT(zocalo::tests::read_all(heard).get(), EndsWith("\r\n\r\nspam"));
    char left[20] = {};
    EXPECT_EQ(::read(kept.get(), left, sizeof left), 9);
    EXPECT_STREQ(left, " and more");
}

TEST_F(cgi_program, has_limits) {
    site.routes.post("/", echo);
    site.limits.content = 10;
    EXPECT_THAT(ask({"REQUEST_METHOD=POST", "CONTENT_LENGTH=11"}), StartsWith("Status: 413 "));
    site.limits.fields = 3;
    environment many{"REQUEST_METHOD=POST", "CONTENT_LENGTH=0"};
    for (const char* each : {"A", "B", "C"})
        many.push_back(std::string("HTTP_") + each + "=1");
    EXPECT_THAT(ask(many), StartsWith("Status: 431 "));
}

TEST_F(cgi_program, refuses_content_that_breaks_off) {
    site.routes.post("/", [](http::exchange& asked) -> io::task<> {
        io::task<std::string> reading = asked.content(100);
        const std::string all = co_await std::move(reading);
        asked.reply(all);
    });
    auto [in, feed] = io::memory_pair();
    auto [out, heard] = io::memory_pair();
    io::loop loop;
    const environment all{"REQUEST_METHOD=POST", "CONTENT_LENGTH=9"};
    const auto results = loop.run(
        io::all(http::answer_cgi(site, all, std::move(in), std::move(out)),
                zocalo::tests::write_and_finish(feed, "part"), zocalo::tests::read_all(heard)));
    EXPECT_THAT(std::get<2>(results), StartsWith("Status: 400 Bad Request\r\n"));
}

TEST_F(cgi_program, redirects_as_it_says) {
    site.routes.get("/there", [](http::exchange& asked) {
        asked.response().fields.set("Location", "/elsewhere");
        asked.reply(http::status::see_other);
    });
    site.routes.get("/here", [](http::exchange& asked) {
        asked.response().fields.set("Location", "/secret");  // would be answered by the server
        asked.reply("here");
    });
    EXPECT_THAT(get("/there"), AllOf(StartsWith("Status: 303 See Other\r\n"),
                                     HasSubstr("\r\nLocation: /elsewhere\r\n")));
    EXPECT_THAT(get("/here"), Not(HasSubstr("Location")));
}

TEST_F(cgi_program, cannot_be_made_to_say_more_than_one_response) {
    site.routes.get("/{name}", [](http::exchange& asked) {
        asked.response().fields.set("X-Name", asked.parameter("name"));
        asked.reply("done");
    });
    EXPECT_THAT(get("/a\r\nX-Evil: 1"), AllOf(StartsWith("Status: 500 "), Not(HasSubstr("Evil"))));
    EXPECT_THAT(get("/fine"), HasSubstr("\r\nX-Name: fine\r\n"));
}

TEST_F(cgi_program, says_nothing_of_the_connection) {
    site.routes.get("/", [](http::exchange& asked) {
        asked.response().fields.set("Connection", "X-Mine").set("X-Mine", "1").set("Date", "now");
        asked.send_interim({.status = http::status::early_hints});
        asked.begin();
        asked.end();
    });
    EXPECT_EQ(get("/"), "Status: 200 OK\r\n\r\n");
}

TEST_F(cgi_program, answers_what_is_no_request_and_complains) {
    EXPECT_THAT(ask(with({"QUERY_STRING=a b"})), StartsWith("Status: 400 Bad Request\r\n"));
    EXPECT_EQ(complaint, "CGI: no query: \"a b\"");
    EXPECT_THAT(ask({"PATH_INFO=/"}), StartsWith("Status: 500 "));
    EXPECT_EQ(complaint, "CGI: REQUEST_METHOD is not set");
}

TEST_F(cgi_program, complains_of_a_response_that_breaks_off) {
    site.routes.get("/late", [](http::exchange& asked) -> io::task<> {
        asked.begin();
        const std::string part = "part";
        io::task<> writing = asked.write(part);
        co_await std::move(writing);
        throw std::runtime_error("the rest is lost");
    });
    site.routes.get("/early",
                    [](http::exchange&) { throw std::runtime_error("nothing is there"); });
    EXPECT_THAT(get("/late"), EndsWith("\r\n\r\npart"));
    EXPECT_EQ(complaint, "the rest is lost");
    complaint.clear();
    EXPECT_THAT(get("/early"), AllOf(StartsWith("Status: 500 "), Not(HasSubstr("nothing"))));
    EXPECT_EQ(complaint, "");
}

TEST_F(cgi_program, does_not_take_the_end_of_the_content_for_that_of_the_client) {
    site.routes.get("/", [](http::exchange& asked) -> io::task<> {
        std::string said = "gone";
        try {
            io::task<> waiting = io::timeout(20ms, asked.client_left());
            co_await std::move(waiting);
        } catch (const std::system_error& error) {
            if (error.code() == std::errc::timed_out) said = "still here";
        }
        asked.reply(said);
    });
    EXPECT_THAT(get("/"), EndsWith("still here"));
}

TEST_F(cgi_program, ends_when_the_server_takes_nothing) {
    site.routes.get("/", [](http::exchange& asked) -> io::task<> {
        asked.begin();
        const std::string large(100'000, 'x');
        io::task<> writing = asked.write(large);
        co_await std::move(writing);
        asked.end();
    });
    within.idle = 50ms;
    auto [in, feed] = io::memory_pair();
    auto [out, heard] = io::memory_pair(1000);
    const environment all{"REQUEST_METHOD=GET"};
    io::loop loop;
    loop.run(catching(http::answer_cgi(site, all, std::move(in), std::move(out), within)));
    EXPECT_THAT(complaint, HasSubstr("idle"));
}

TEST_F(cgi_program, answers_calls_of_procedures_as_any_site) {
    rpc::methods sums;
    sums.add("add", [](int a, int b) { return a + b; });
    rpc::add_methods(site.routes, "/", sums);
    const std::string call =
        "<?xml version='1.0'?><methodCall><methodName>add</methodName><params>"
        "<param><value><int>3</int></value></param><param><value><int>4</int></value></param>"
        "</params></methodCall>";
    EXPECT_THAT(ask({"REQUEST_METHOD=POST", "CONTENT_TYPE=text/xml",
                     "CONTENT_LENGTH=" + std::to_string(call.size())},
                    call),
                AllOf(StartsWith("Status: 200 OK\r\n"), HasSubstr("7</")));
}

TEST(run_cgi, says_that_a_web_server_has_to_run_it) {
    ::unsetenv("GATEWAY_INTERFACE");
    try {
        http::run_cgi({});
        ADD_FAILURE() << "it ran";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("GATEWAY_INTERFACE"));
    }
}

// --- However the pipes cut what goes through them

io::task<> program_in_world(const http::site& site, sim::random& chance) {
    std::string content(chance.below(50'000), '\0');
    chance.fill(zocalo::mutable_buffer(content.data(), content.size()));
    const environment all{"REQUEST_METHOD=POST",
                          "CONTENT_LENGTH=" + std::to_string(content.size())};
    auto [in, feed] = io::pipe();
    auto [heard, out] = io::pipe();
    auto both =
        io::all(http::answer_cgi(site, all, std::move(in), std::move(out)),
                zocalo::tests::write_and_finish(feed, content), zocalo::tests::read_all(heard));
    const auto results = co_await std::move(both);
    const std::string& said = std::get<2>(results);
    const auto end = http::cgi_head::find_end(said);
    EXPECT_TRUE(end);
    if (!end) co_return;
    const http::cgi_head head = http::cgi_head::parse(std::string_view(said).substr(0, *end));
    EXPECT_EQ(head.size, content.size());
    EXPECT_TRUE(said.substr(*end) == content);
}

TEST(cgi_program_in_worlds, passes_content_on_as_it_is) {
    http::site site;
    site.routes.post("/", echo);
    sim::for_seeds(200,
                   [&site](sim::world& world) {
                       sim::random chance(world.seed());
                       world.host("server").run(program_in_world(site, chance));
                   },
                   {.failed = testing::Test::HasFailure});
}

}  // namespace
