// SPDX-License-Identifier: MIT
#include "zocalo/net/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "zocalo/core/error.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> lines_of(std::string_view text, const file_options& options,
                                  std::size_t piece) {
    auto [writer, reader] = socket::pair();
    const std::jthread sender([&, end = std::move(writer)]() mutable {
        for (std::size_t i = 0; i < text.size(); i += piece)
            (void)end.try_send_all(text.substr(i, piece));
    });
    file from = make_file(std::move(reader), options);
    std::vector<std::string> lines;
    for (const std::string& line : from.lines())
        lines.push_back(line);
    return lines;
}

TEST(file, lines_do_not_depend_on_how_they_came) {
    const std::string text = "one\ntwo\r\n\n\rthree\r\r\n\r\nlast";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        for (const std::size_t buffer : {1U, 2U, 3U, 8192U}) {
            EXPECT_THAT(lines_of(text, {.newline = newline::lf, .buffer_size = buffer}, piece),
                        testing::ElementsAre("one", "two\r", "", "\rthree\r\r", "\r", "last"));
            EXPECT_THAT(lines_of(text, {.newline = newline::crlf, .buffer_size = buffer}, piece),
                        testing::ElementsAre("one\ntwo", "\n\rthree\r", "", "last"));
            EXPECT_THAT(
                lines_of(text, {.newline = newline::universal, .buffer_size = buffer}, piece),
                testing::ElementsAre("one", "two", "", "", "three", "", "", "last"));
        }
    }
}

TEST(file, tells_whether_the_last_line_was_whole) {
    auto [writer, reader] = socket::pair();
    writer.send_all("whole\nbroken o");
    writer.close();
    file from = make_file(reader);
    EXPECT_EQ(from.read_line(), "whole");
    EXPECT_TRUE(from.ended());
    EXPECT_EQ(from.read_line(), "broken o");
    EXPECT_FALSE(from.ended());
    EXPECT_EQ(from.read_line(), std::nullopt);
    EXPECT_EQ(from.read_line(), std::nullopt);
}

TEST(file, line_limit_is_exact) {
    for (const newline end : {newline::lf, newline::crlf, newline::universal}) {
        const std::string mark = end == newline::crlf ? "\r\n" : "\n";
        const file_options options{.newline = end, .buffer_size = 4, .line_limit = 10};
        EXPECT_EQ(lines_of(std::string(10, 'x') + mark, options, 1).size(), 1U);
        EXPECT_EQ(lines_of(std::string(10, 'x'), options, 1).size(), 1U);
        EXPECT_THROW(lines_of(std::string(11, 'x') + mark, options, 12), protocol_error);
        EXPECT_THROW(lines_of(std::string(11, 'x'), options, 11), protocol_error);
    }
}

TEST(file, a_line_without_end_does_not_fill_memory) {
    auto [writer, reader] = socket::pair();
    const std::jthread sender([&, end = std::move(writer)]() mutable {
        const std::string block(1 << 16, 'x');
        while (!end.try_send_all(block).error) {
        }
    });
    file from(std::move(reader));
    EXPECT_THROW((void)from.read_line(), protocol_error);
    from.connection().close();
}

TEST(file, reads_counts_and_everything) {
    auto [writer, reader] = socket::pair();
    writer.send_all("0123456789abcdef");
    writer.shutdown(direction::write);
    file from(reader, {.buffer_size = 3});
    EXPECT_EQ(from.peek(), "012");
    EXPECT_EQ(from.read(5), "01234");
    EXPECT_EQ(from.read(0), "");
    char four[4];
    EXPECT_EQ(from.read_into(mutable_buffer(four)), 4U);
    EXPECT_EQ(std::string_view(four, 4), "5678");
    EXPECT_THROW((void)from.read_all(6), protocol_error);
    (void)from.read(100);
    EXPECT_EQ(from.read_all(1000), "");
    EXPECT_EQ(from.read(10), "");
    EXPECT_EQ(from.peek(), "");
}

TEST(file, read_all_takes_exactly_its_limit) {
    for (const std::size_t limit : {15U, 16U, 17U}) {
        auto [writer, reader] = socket::pair();
        writer.send_all("0123456789abcdef");
        writer.close();
        file from(reader);
        if (limit < 16) {
            EXPECT_THROW((void)from.read_all(limit), protocol_error);
        } else {
            EXPECT_EQ(from.read_all(limit).size(), 16U);
        }
    }
}

TEST(file, a_huge_count_costs_nothing_before_it_comes) {
    auto [writer, reader] = socket::pair();
    writer.send_all("short");
    writer.close();
    EXPECT_EQ(file(reader).read(std::size_t{1} << 62), "short");
}

TEST(file, writes_when_flushed_full_or_waiting) {
    auto [one, other] = socket::pair();
    other.set_timeout(timeout::zero());
    file to(one, {.newline = newline::crlf, .buffer_size = 10});
    to.write_line("a");
    std::error_code error;
    EXPECT_EQ(other.try_recv(mutable_buffer(std::array<char, 1>())).error,
              std::errc::operation_would_block);
    to.flush();
    EXPECT_EQ(other.recv(100), "a\r\n");
    to.write("12345");
    to.write("67890");
    to.write("x");
    EXPECT_EQ(other.recv(100), "1234567890");
    to.write("0123456789+");
    EXPECT_EQ(other.recv(100), "x0123456789+");
    EXPECT_THROW(to.write_line("two\nlines"), std::invalid_argument);

    // A question is sent before its answer is waited for.
    const std::jthread answerer([&] {
        other.set_timeout(2s);
        if (other.recv(100) == "question\r\n") other.send_all("answer\r\n");
    });
    one.set_timeout(2s);
    to.write_line("question");
    EXPECT_EQ(to.read_line(), "answer");
}

TEST(file, destruction_flushes_unless_an_exception_unwinds) {
    auto [one, other] = socket::pair();
    {
        file(one).write("kept");
    }
    EXPECT_EQ(other.recv(100), "kept");
    try {
        file to(one);
        to.write("dropped");
        throw std::runtime_error("in the middle");
    } catch (const std::runtime_error&) {
    }
    {
        make_file(std::move(one)).write("and closed");
    }
    EXPECT_EQ(other.recv(100), "and closed");
    EXPECT_EQ(other.recv(100), "");
}

TEST(file, time_out_counts_for_the_whole_line) {
    auto [one, other] = socket::pair();
    other.set_timeout(60ms);
    const std::jthread drip([&, end = std::move(one)](const std::stop_token& stop) mutable {
        while (!stop.stop_requested()) {
            if (end.try_send_all("x").error) return;
            std::this_thread::sleep_for(5ms);
        }
    });
    file from(other);
    try {
        (void)from.read_line();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::timed_out);
    }
}

TEST(file, a_stop_ends_reading) {
    auto [one, other] = socket::pair();
    stop_source stop;
    stop.request_stop();
    one.stop_with(stop);
    file from(one);
    EXPECT_THROW((void)from.read_line(), stopped);
}

/// The peer resets after each possible count of bytes (N3).
TEST(file, a_reset_at_every_byte_of_a_reply_is_an_error_or_what_came) {
    socket server{family::inet};
    server.bind({"127.0.0.1", 0});
    server.listen(16);
    const std::string reply(4096, 'r');
    for (std::size_t sent = 0; sent <= reply.size(); ++sent) {
        socket client{family::inet};
        client.connect(server.local_endpoint());
        socket connection = server.accept().client;
        connection.set(option::linger{0s});
        connection.send_all(std::string_view(reply).substr(0, sent));
        connection.close();
        file from(client);
        try {
            EXPECT_EQ(from.read_all(5000).size(), sent);
        } catch (const std::system_error& e) {
            EXPECT_EQ(e.code(), std::errc::connection_reset) << sent;
        }
        client.set_timeout(2s);
        EXPECT_TRUE(client.try_send_all(reply).error) << sent;
    }
}

}  // namespace
}  // namespace zocalo::net
