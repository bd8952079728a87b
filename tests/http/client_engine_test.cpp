// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "http/transcript.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace http = zocalo::http;
using http::event;
using testing::EndsWith;
using testing::HasSubstr;
using zocalo::tests::client_hears;

const http::request_head get{.fields = {{"Host", "a"}}};

std::string request(const http::request_head& head, http::content_size size = 0,
                    std::string_view content = {}) {
    http::client_engine engine;
    engine.send(head, size);
    engine.send_data(content);
    engine.send_end();
    return engine.output();
}

TEST(client_engine, asks) {
    EXPECT_EQ(request(get), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(request({.method = http::method::post, .target = "/a", .fields = {{"Host", "a"}}}),
              "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    for (const http::method& what : {http::method::put, http::method::patch})
        EXPECT_THAT(request({.method = what, .fields = {{"Host", "a"}}}),
                    HasSubstr("Content-Length: 0"));
    EXPECT_EQ(request({.fields = {{"Host", "a"}, {"Connection", "close"}}}),
              "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(request({.method = http::method::put, .fields = {{"Host", "a"}}}, 2, "hi"),
              "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(request({.method = http::method::patch, .fields = {{"Host", "a"}}}, {}, "hi"),
              "PATCH / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              "2\r\nhi\r\n0\r\n\r\n");
    EXPECT_EQ(request({.version = http::version::http_1_0}),
              "GET / HTTP/1.0\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(
        request({.version = http::version::http_1_0, .fields = {{"Connection", "keep-alive"}}}),
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(client_engine, does_not_ask_what_could_mean_something_else) {
    http::client_engine engine;
    const auto refuses = [&](const http::request_head& head, http::content_size size = 0) {
        EXPECT_THROW(engine.send(head, size), std::invalid_argument);
        EXPECT_EQ(engine.output(), "");
    };
    for (const std::string& target :
         {std::string(""), std::string("a"), std::string("/a b"), std::string("/\r\nX: y"),
          std::string("/a\0b", 4), std::string("/#a"), std::string("/\xC4\x8A"), std::string("*")})
        refuses({.target = target, .fields = {{"Host", "a"}}});
    refuses({});
    refuses({.fields = {{"Host", "a"}, {"Host", "a"}}});
    refuses({.fields = {{"Host", "a/b"}}});
    refuses({.fields = {{"Host", "a"}, {"Content-Length", "1"}}});
    refuses({.fields = {{"Host", "a"}, {"Transfer-Encoding", "chunked"}}});
    refuses({.version = http::version::http_1_0}, std::nullopt);
    refuses({.method = http::method::connect, .target = "a:1", .fields = {{"Host", "a"}}}, 1);
    engine.send(get);
    EXPECT_THROW(engine.send(get), std::logic_error);
}

TEST(client_engine, hears_a_response) {
    EXPECT_EQ(client_hears("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
              "200 OK HTTP/1.1 | Content-Length: 5\ncontent <hello>\nend\nclosed\n");
    EXPECT_EQ(
        client_hears("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
        "200 OK HTTP/1.1 | Transfer-Encoding: chunked\ncontent <hello>\nend | X: y\nclosed\n");
    EXPECT_EQ(client_hears("HTTP/1.0 404\r\n\r\nhello"),
              "404  HTTP/1.0\ncontent <hello>\nend\nclosed\n");
    EXPECT_EQ(client_hears("HTTP/1.1 200 \r\n\r\n"), "200  HTTP/1.1\nend\nclosed\n");
    EXPECT_EQ(client_hears("HTTP/1.1 999 Denied\r\n\r\n"), "999 Denied HTTP/1.1\nend\nclosed\n");
}

/// What is heard, which is the same when it comes in two pieces or byte by byte.
std::string hears_however_split(std::string_view bytes,
                                const http::limits& within = http::client_limits()) {
    const std::string whole = client_hears(bytes, get, within);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        http::client_engine engine(within);
        engine.send(get);
        engine.send_end();
        zocalo::tests::listener hears(engine);
        hears.hear(bytes.substr(0, at));
        hears.hear(bytes.substr(at), true);
        EXPECT_EQ(hears.said(), whole) << at;
    }
    http::client_engine engine(within);
    engine.send(get);
    engine.send_end();
    zocalo::tests::listener hears(engine);
    for (const char& each : bytes)
        hears.hear({&each, 1});
    hears.hear({}, true);
    EXPECT_EQ(hears.said(), whole);
    return whole;
}

TEST(client_engine, joins_fields_that_go_on_in_the_next_line) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    EXPECT_EQ(hears_however_split(ok + "A: b \t\r\n \tc\r\n\td\r\nE: f\r\n"
                                       "Content-Length:\r\n 5\r\n\r\nhello"),
              "200 OK HTTP/1.1 | A: b c d | E: f | Content-Length: 5\ncontent <hello>\nend\n"
              "closed\n");
    EXPECT_EQ(hears_however_split(ok + "Transfer-Encoding:\r\n chunked\r\n \r\n\r\n"
                                       "1\r\nx\r\n0\r\nX: y\r\n z\r\nA: b\r\n\r\n"),
              "200 OK HTTP/1.1 | Transfer-Encoding: chunked\ncontent <x>\nend | X: y z | A: b\n"
              "closed\n");
    EXPECT_EQ(hears_however_split("HTTP/1.1 103 Early Hints\r\nLink:\r\n </a>\r\n\r\n"
                                  "HTTP/1.1 204 No\r\nA:\r\n \r\n\r\n"),
              "103 Early Hints HTTP/1.1 | Link: </a>\n204 No HTTP/1.1 | A: \nend\nclosed\n");
}

TEST(client_engine, joins_no_more_than_fields) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    for (const char* fields :
         {" A: b\r\n", "\t\r\n", " \r\n A: b\r\n", "A\r\n : b\r\n", "A \r\n : b\r\n", "A:b\n c\r\n",
          "A: b\r\n c\n", "A: b\r\n \x01\r\n", "A: b\r\r\n c\r\n", "Content-Length: 5\r\n 5\r\n",
          "Content-Length: 5\r\n ,5\r\n", "Transfer-Encoding: chunked\r\n , chunked\r\n"})
        EXPECT_EQ(hears_however_split(ok + fields + "\r\n"), "refused 400\n") << fields;
}

TEST(client_engine, limits_fields_that_go_on) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    http::limits few = http::client_limits();
    few.line = 20;
    EXPECT_THAT(hears_however_split(ok + "A: 3456\r\n 01234567\r\n\r\n", few),
                EndsWith("closed\n"));
    EXPECT_EQ(hears_however_split(ok + "A: 3456\r\n 012345678\r\n\r\n", few), "refused 431\n");
    few = http::client_limits();
    few.head = ok.size() + 20 + 2;
    EXPECT_THAT(hears_however_split(ok + "A: 3456\r\n 01234567\r\n\r\n", few),
                EndsWith("closed\n"));
    EXPECT_EQ(hears_however_split(ok + "A: 3456\r\n 0123456789\r\n\r\n", few), "refused 431\n");
}

TEST(client_engine, goes_on_after_a_response) {
    http::client_engine engine;
    const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(engine.is_idle());
        EXPECT_EQ(engine.next("").what, event::paused);
        engine.send(get);
        engine.send_end();
        EXPECT_EQ(engine.next("").what, event::need_data);
        EXPECT_EQ(engine.next(response).what, event::head);
        EXPECT_EQ(engine.next("").what, event::end);
        EXPECT_TRUE(engine.keeps_alive());
    }
}

TEST(client_engine, knows_when_there_is_no_content) {
    const std::string with_size = "\r\nContent-Length: 5\r\n\r\n";
    EXPECT_THAT(client_hears("HTTP/1.1 200 OK" + with_size, http::method::head),
                EndsWith("5\nend\nclosed\n"));
    EXPECT_THAT(
        client_hears("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", http::method::head),
        EndsWith("chunked\nend\nclosed\n"));
    for (const char* status : {"204", "304"})
        EXPECT_THAT(client_hears("HTTP/1.1 " + std::string(status) + with_size),
                    EndsWith("5\nend\nclosed\n"));
}

TEST(client_engine, hears_what_comes_before_the_response) {
    EXPECT_EQ(client_hears("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                           "HTTP/1.1 100 Continue\r\n\r\n"
                           "HTTP/1.1 204 No Content\r\n\r\n"),
              "103 Early Hints HTTP/1.1 | Link: </a>\n"
              "100 Continue HTTP/1.1\n"
              "204 No Content HTTP/1.1\nend\nclosed\n");
    std::string endless;
    for (int i = 0; i < 17; ++i)
        endless += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_THAT(client_hears(endless), EndsWith("refused 502\n"));
}

TEST(client_engine, switches_when_it_has_asked_to) {
    const std::string yes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nxyz";
    const http::request_head upgrade{
        .fields = {{"Host", "a"}, {"Upgrade", "echo"}, {"Connection", "upgrade"}}};
    EXPECT_THAT(client_hears(yes, upgrade), EndsWith("\nswitched\n"));
    EXPECT_EQ(client_hears(yes), "refused 502\n");
    EXPECT_EQ(client_hears("HTTP/1.1 101 Switching Protocols\r\n\r\n", upgrade), "refused 502\n");
}

TEST(client_engine, has_a_tunnel_after_connect) {
    EXPECT_THAT(
        client_hears("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", http::method::connect),
        EndsWith("9\nswitched\n"));
    EXPECT_THAT(
        client_hears("HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx", http::method::connect),
        EndsWith("content <x>\nend\nclosed\n"));
}

TEST(client_engine, refuses_what_is_no_response) {
    for (const char* line :
         {"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1  200",
          "HTTP/1.1 099 No", "HTTP/1.1 1000 No", "HTTP/1.1 2x0 No", "HTTP/1.1\t200 OK",
          "HTTP/1.1 200\tOK", "HTTP/1.1 200 O\rK", "HTTP/1.1 +20 OK", "http/1.1 200 OK",
          "ICY 200 OK", "<html>", "SSH-2.0-OpenSSH_9.2"})
        EXPECT_THAT(client_hears(std::string(line) + "\r\n\r\n"), HasSubstr("refused")) << line;
    EXPECT_EQ(client_hears("HTTP/2.0 200 OK\r\n\r\n"), "refused 505\n");
    EXPECT_EQ(client_hears("HTTP/1.1 200 OK\nA: b\n\n"), "refused 400\n");
}

TEST(client_engine, refuses_contents_that_could_end_at_two_places) {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n";
    for (const char* more : {"Content-Length: 5\r\n", "Content-Length: 6\r\n",
                             "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n"})
        EXPECT_THAT(client_hears(head + more + "\r\nhello"), HasSubstr("refused")) << more;
    EXPECT_EQ(client_hears("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              "refused 400\n");
}

TEST(client_engine, never_takes_a_part_for_the_whole) {
    const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const std::string chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n";
    for (const std::string& whole : {sized, chunked}) {
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const std::string said = client_hears(whole.substr(0, size));
            EXPECT_THAT(said, EndsWith("refused 400\n")) << size;
        }
        EXPECT_THAT(client_hears(whole), HasSubstr("\nend"));
    }
    EXPECT_EQ(client_hears(""), "closed\n");  // no answer at all: the request was not even heard
}

TEST(client_engine, hears_nothing_that_it_has_not_asked_for) {
    http::client_engine engine;
    EXPECT_THROW((void)engine.next("HTTP/1.1 200 OK\r\n\r\n"), http::bad_message);
    EXPECT_EQ(client_hears("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
              "204 No HTTP/1.1\nend\nrefused 502\n");
    http::client_engine fresh;
    EXPECT_EQ(fresh.next("", true).what, event::closed);
}

TEST(client_engine, does_not_go_on_when_the_peer_or_the_framing_says_no) {
    for (const std::string_view response :
         {"HTTP/1.1 204 No\r\nConnection: close\r\n\r\n", "HTTP/1.0 204 No\r\n\r\n",
          "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        http::client_engine engine;
        engine.send(get);
        engine.send_end();
        EXPECT_EQ(engine.next(response).what, event::head);
        EXPECT_EQ(engine.next("").what, event::end);
        EXPECT_FALSE(engine.keeps_alive()) << response;
        EXPECT_EQ(engine.next("more").what, event::closed);
        EXPECT_THROW(engine.send(get), std::logic_error);
    }
}

TEST(client_engine, may_be_answered_while_it_sends) {
    http::client_engine engine;
    engine.send({.method = http::method::post, .fields = {{"Host", "a"}}}, 10);
    EXPECT_EQ(engine.next("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n").what, event::head);
    EXPECT_EQ(engine.next("").what, event::end);
    EXPECT_EQ(engine.next("").what, event::paused);
    engine.send_data("0123456789");
    engine.send_end();
    EXPECT_TRUE(engine.is_idle());
}

TEST(client_engine, has_limits) {
    http::limits few = http::client_limits();
    few.content = 4;
    EXPECT_THAT(client_hears("HTTP/1.1 200 OK\r\n\r\nhello", get, few),
                EndsWith("content <hell>\nrefused 413\n"));
    EXPECT_THAT(client_hears("HTTP/1.1 200 OK\r\n\r\nhell", get, few), EndsWith("end\nclosed\n"));
    EXPECT_THAT(client_hears("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", get, few),
                EndsWith("refused 413\n"));
    http::client_engine engine(few);
    engine.send(get);
    EXPECT_FALSE(engine.is_idle());
    EXPECT_EQ(engine.next("HTTP/1.1 200 OK\r\n\r\n").what, event::head);
    EXPECT_EQ(engine.next("hell").what, event::data);
    EXPECT_EQ(engine.next("").what, event::need_data);
    EXPECT_THAT(client_hears("HTTP/1.1 200 OK\r\nX: " + std::string(65536, 'x')),
                EndsWith("refused 431\n"));
}

}  // namespace
