// SPDX-License-Identifier: MIT
#include "zocalo/http/event_stream.hpp"

#include <gtest/gtest.h>

#include "zocalo/http/error.hpp"

namespace {

namespace http = zocalo::http;
using namespace std::chrono_literals;

/// "type(id)data|" for each event.
std::string read(std::string_view text, std::size_t step) {
    http::event_stream_reader events;
    std::string shown;
    for (std::size_t at = 0; at < text.size(); at += step) {
        for (std::string_view rest = text.substr(at, step); !rest.empty();) {
            const auto got = events.next(rest);
            if (got.has_event) {
                const http::server_event& one = events.event();
                shown.append(one.type).append("(").append(one.id.value_or("none")) += ')';
                shown.append(one.data) += '|';
            }
            rest.remove_prefix(got.used);
        }
    }
    return shown;
}

TEST(event_stream, is_read_however_it_is_split) {
    const struct {
        std::string_view text;
        std::string_view read;
    } rows[] = {
        // The examples of the standard.
        {"data: YHOO\ndata: +2\ndata: 10\n\n", "message()YHOO\n+2\n10|"},
        {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
         "message(1)first event|message()second event|"},
        {"data\n\ndata\ndata\n\ndata:", "message()|message()\n|"},
        {"data:test\n\ndata: test\n\n", "message()test|message()test|"},
        // Line ends
        {"data: a\r\ndata: b\r\rdata: c\n\r\ndata: d\r\n\r\n",
         "message()a\nb|message()c|message()d|"},
        {"\r\n\r\n\n\rdata: a\r\r", "message()a|"},
        // Fields
        {"event: x\ndata: a\n\ndata: b\n\n", "x()a|message()b|"},
        {"event: x\n\ndata: b\n\n", "message()b|"},
        {"id: 1\n\ndata: a\n\n", "message(1)a|"},
        {std::string_view("id: 1\nid: 2\0\ndata: a\n\n", 22), "message(1)a|"},
        {"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "message(1)a|message(1)b|message()c|"},
        {"Data: a\ndata : b\n data: c\nother: d\ndata: e\n\n", "message()e|"},
        {"data:a:b\n\n", "message()a:b|"},
        {":data: a\n\n", ""},
        {"\xEF\xBB\xBF"
         "data: a\n\n\xEF\xBB\xBF"
         "data: b\n\n",
         "message()a|"},
        {"data: \xC3\xA4\n\n", "message()\xC3\xA4|"},
        {"data: a\n", ""},
        {"", ""},
    };
    for (const auto& row : rows) {
        for (const std::size_t step : {1UL, 2UL, 3UL, 5UL, 1000UL})
            EXPECT_EQ(read(row.text, step), row.read) << row.text << " by " << step;
    }
}

TEST(event_stream, says_when_to_come_back) {
    http::event_stream_reader events(1000, "seven");
    EXPECT_EQ(events.last_id(), "seven");
    EXPECT_EQ(events.retry(), std::nullopt);
    EXPECT_FALSE(
        events.next("retry: 1500\nretry: x\nretry: -1\nretry\nretry: 99999999999\n").has_event);
    EXPECT_EQ(events.retry(), 1500ms);
    EXPECT_FALSE(events.next("id: eight\n").has_event);
    EXPECT_EQ(events.last_id(), "seven");
    EXPECT_FALSE(events.next("\n").has_event);
    EXPECT_EQ(events.last_id(), "eight");
}

TEST(event_stream, has_a_limit) {
    const auto feed = [](std::string_view line, int times) {
        http::event_stream_reader events(1000);
        for (int i = 0; i < times; ++i)
            (void)events.next(line);
    };
    EXPECT_NO_THROW(feed("data: 123456789\n", 100));
    EXPECT_THROW(feed("data: 123456789\n", 101), http::bad_message);
    EXPECT_THROW(feed("data: no end ", 100), http::bad_message);
    EXPECT_THROW(feed(": no end ", 200), http::bad_message);
    EXPECT_NO_THROW(feed(": comment\n\n", 1000));
    EXPECT_NO_THROW(feed("data: 123456789\n\n", 1000));
}

TEST(event_text, is_read_back) {
    for (const http::server_event& sent : {
             http::server_event{.type = "message", .data = "", .id = ""},
             http::server_event{.type = "x y", .data = "a\nb\n\n", .id = "1:2", .retry = 5ms},
             http::server_event{.type = ":", .data = " \n: \ndata: x", .id = " "},
         }) {
        http::event_stream_reader events;
        const std::string text = http::event_comment("still here") + http::event_text(sent);
        const auto got = events.next(text);
        ASSERT_TRUE(got.has_event);
        EXPECT_EQ(got.used, text.size());
        EXPECT_EQ(events.event(), sent) << text;
    }
    EXPECT_EQ(http::event_text({.data = "a\r\nb\rc\nd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(http::event_text({}), "data: \n\n");
    EXPECT_EQ(http::event_comment(), ":\n");
}

TEST(event_text, is_never_more_than_one) {
    for (const std::string wrong : {"a\nb", "a\rb", "\n"}) {
        EXPECT_THROW((void)http::event_text({.type = wrong}), std::invalid_argument);
        EXPECT_THROW((void)http::event_text({.id = wrong}), std::invalid_argument);
        EXPECT_THROW((void)http::event_comment(wrong), std::invalid_argument);
    }
    EXPECT_THROW((void)http::event_text({.id = std::string(1, '\0')}), std::invalid_argument);
    EXPECT_THROW((void)http::event_text({.retry = -1ms}), std::invalid_argument);
}

}  // namespace
