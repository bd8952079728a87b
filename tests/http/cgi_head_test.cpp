// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi_head.hpp"

#include <gmock/gmock.h>

#include <string>

#include "zocalo/http/error.hpp"

namespace {

namespace http = zocalo::http;

TEST(cgi_head, ends_in_an_empty_line_of_either_kind) {
    EXPECT_EQ(http::cgi_head::find_end("A: b\n\nrest"), 6U);
    EXPECT_EQ(http::cgi_head::find_end("A: b\r\n\r\nrest"), 8U);
    EXPECT_EQ(http::cgi_head::find_end("\n"), 1U);
    for (const char* each : {"", "A: b", "A: b\n", "A: b\r\n\r", "A: b\r\r"})
        EXPECT_EQ(http::cgi_head::find_end(each), std::nullopt) << each;
}

TEST(cgi_head, says_status_fields_and_size) {
    const auto said = http::cgi_head::parse(
        "Status: 404 Not Here\r\nContent-type: text/html\nSet-Cookie: a=1\nSet-Cookie: b=2\n"
        "Content-Length: 7\nConnection: X-Mine\nX-Mine: 1\nTransfer-Encoding: chunked\n\n");
    EXPECT_EQ(said.head.status, http::status::not_found);
    EXPECT_EQ(said.head.reason, "Not Here");
    EXPECT_EQ(said.size, 7U);
    EXPECT_EQ(said.head.fields,
              (http::fields{
                  {"Content-type", "text/html"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}));
}

TEST(cgi_head, takes_a_location_for_a_redirect) {
    EXPECT_EQ(http::cgi_head::parse("Location: /there\n\n").head.status, http::status::found);
    EXPECT_EQ(http::cgi_head::parse("Status: 301\nLocation: http://a/\n\n").head.status,
              http::status::moved_permanently);
    EXPECT_EQ(http::cgi_head::parse("Content-Type: text/plain\n\n").head.status, http::status::ok);
}

TEST(cgi_head, refuses_what_is_none) {
    for (const char* each :
         {"\n", "hello\n\n", "X-Other: 1\n\n", "Content-Type : text/plain\n\n", ": a\n\n",
          "Status: 100\n\n", "Status: 2000\n\n", "Status: 99\n\n", "Status: ok\n\n",
          "Status: 200x\n\n", "Content-Type: a\nContent-Type: b\n\n",
          "Status: 200\nStatus: 201\n\n", "Content-Type: a\nContent-Length: -1\n\n",
          "Content-Type: a\nContent-Length: 1 2\n\n", "Content-Type: a\n folded\n\n",
          "Content-Type: a\rX: b\n\n"}) {
        EXPECT_THROW((void)http::cgi_head::parse(each), http::bad_message) << each;
    }
}

TEST(cgi_head, may_be_a_whole_one) {
    const auto said = http::cgi_head::parse_whole(
        "HTTP/1.0 404 Not Here\r\nContent-Length: 7\nX-A: b\nConnection: close\n\n");
    EXPECT_EQ(said.head.status, http::status::not_found);
    EXPECT_EQ(said.head.reason, "Not Here");
    EXPECT_EQ(said.size, 7U);
    EXPECT_EQ(said.head.fields, (http::fields{{"X-A", "b"}}));
    EXPECT_EQ(http::cgi_head::parse_whole("HTTP/1.1 204\n\n").head.status,
              http::status::no_content);
    for (const char* each :
         {"\n", "HTTP/1.1\n\n", "HTTP/1.1 \n\n", "HTTP/2.0 200 OK\n\n", "HTTP/1.2 200 OK\n\n",
          "HTTP/1.1  200 OK\n\n", "HTTP/1.1 100 Continue\n\n", "HTTP/1.1 20x\n\n",
          "http/1.1 200 OK\n\n", "HTTP/1.1 200 O\rK\n\n",
          "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 OK\nStatus: 200\n\n",
          "Content-Type: text/plain\n\n",
          "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 1\n\n"})
        EXPECT_THROW((void)http::cgi_head::parse_whole(each), http::bad_message) << each;
}

TEST(cgi_head, is_said_as_it_was_read) {
    http::cgi_head made;
    made.head.status = http::status::not_found;
    made.head.fields = {{"Content-Type", "text/plain"}, {"X-A", "b"}};
    made.size = 3;
    EXPECT_EQ(made.to_text(),
              "Status: 404 Not Found\r\nContent-Type: text/plain\r\nX-A: b\r\n"
              "Content-Length: 3\r\n\r\n");
    const auto again = http::cgi_head::parse(made.to_text());
    EXPECT_EQ(again.head.fields, made.head.fields);
    EXPECT_EQ(again.size, 3U);
    EXPECT_EQ(http::cgi_head::parse("Status: 299 Mine\n\n").to_text(), "Status: 299 Mine\r\n\r\n");
    EXPECT_EQ(http::cgi_head::parse("Status: 299\n\n").to_text(), "Status: 299\r\n\r\n");
}

}  // namespace
