// SPDX-License-Identifier: MIT
#include "zocalo/io/reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/io/writer.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

class readers : public zocalo::tests::in_every_world {};

/// Sends `text` in pieces of `step` bytes, so that every boundary is met.
io::task<> trickle(io::stream to, std::string text, std::size_t step) {
    for (std::size_t at = 0; at < text.size(); at += step) {
        co_await to.write(std::string_view(text).substr(at, step));
        co_await io::sleep(0ns);
    }
}

io::task<std::vector<std::string>> read_lines(io::stream from, std::size_t limit) {
    io::reader in(from);
    std::vector<std::string> lines;
    while (const auto line = co_await in.read_until("\r\n", limit))
        lines.emplace_back(*line);
    co_return lines;
}

io::task<std::vector<std::string>> lines_of(std::string text, std::size_t step,
                                            std::size_t limit = 100) {
    auto [here, there] = io::stream::pair();
    auto [lines, nothing] =
        co_await io::all(read_lines(std::move(here), limit), trickle(std::move(there), text, step));
    co_return lines;
}

TEST_P(readers, lines_do_not_depend_on_how_the_bytes_were_split) {
    const std::string text = "one\r\n\r\nthree\rand\nhalf\r\n\r\r\nlast\r\n";
    const std::vector<std::string> expected{"one", "", "three\rand\nhalf", "\r", "last"};
    for (std::size_t step = 1; step <= text.size(); ++step) {
        EXPECT_EQ(run(lines_of(text, step)), expected) << step;
    }
}

TEST_P(readers, limit_counts_the_bytes_before_the_end) {
    for (std::size_t step = 1; step <= 6; ++step) {
        EXPECT_EQ(run(lines_of("1234\r\n", step, 4)).size(), 1U) << step;
        EXPECT_THROW((void)run(lines_of("12345\r\n", step, 4)), zocalo::protocol_error) << step;
        EXPECT_THROW((void)run(lines_of("12345", step, 4)), zocalo::protocol_error) << step;
        EXPECT_THROW((void)run(lines_of("1234\rx", step, 4)), zocalo::protocol_error) << step;
    }
    EXPECT_THROW(run(lines_of("12", 2, 4)), zocalo::protocol_error) << "ended in the middle";
}

io::task<std::string> read_parts(io::stream from) {
    io::reader in(from);
    std::string told = co_await in.read_exactly(3);
    const auto word = co_await in.read_until(" ", 10);
    told += "|" + std::string(*word) + "|";
    if (in.buffered().empty()) {
        EXPECT_TRUE(co_await in.fill());
    }
    told += in.buffered().text().substr(0, 1);
    in.consume(1);
    EXPECT_THROW(in.consume(in.buffered().size() + 1), std::invalid_argument);
    told += "|" + co_await in.read_all(100);
    co_return told;
}

io::task<std::string> parts_of(std::string text, std::size_t step) {
    auto [here, there] = io::stream::pair();
    auto [told, nothing] =
        co_await io::all(read_parts(std::move(here)), trickle(std::move(there), text, step));
    co_return told;
}

TEST_P(readers, ways_of_reading_mix) {
    for (std::size_t step = 1; step < 8; ++step) {
        EXPECT_EQ(run(parts_of("abcdef ghijkl", step)), "abc|def|g|hijkl") << step;
    }
}

/// Answers each line; all answers to what came at once go out at once.
io::task<> answer_lines(io::stream& client) {
    io::writer out(client);
    io::reader in(client, out);
    while (const auto line = co_await in.read_until("\n", 100)) {
        out.put("<");
        out.put(*line);
        out.put(">");
    }
    co_await out.flush();
}

io::task<std::size_t> ask_at_once(io::stream server) {
    co_await server.write("a\nb\nc\n");
    const io::chunk answers = co_await server.read();
    EXPECT_EQ(answers.text(), "<a><b><c>");
    co_return answers.size();
}

io::task<std::size_t> pipelined() {
    auto [here, there] = io::stream::pair();
    auto [nothing, size] = co_await io::all(answer_lines(here), ask_at_once(std::move(there)));
    co_return size;
}

TEST_P(readers, answers_to_what_came_together_go_together) {
    EXPECT_EQ(run(pipelined()), 9U);
}

io::task<std::size_t> write_much(io::stream to) {
    io::writer out(to, 1000);
    const std::string piece(300, 'w');
    for (int i = 0; i < 1000; ++i) {
        co_await out.write(piece);
        EXPECT_LE(out.gathered(), 1000U);
    }
    co_await out.write(std::string(100'000, 'x'));
    co_await out.flush();
    co_return 400'000;
}

io::task<std::string> read_all(io::stream from) {
    io::reader in(from);
    co_return co_await in.read_all(1'000'000);
}

io::task<bool> writer_and_reader_agree() {
    auto [here, there] = io::stream::pair();
    auto [size, all] = co_await io::all(write_much(std::move(here)), read_all(std::move(there)));
    co_return all == std::string(300'000, 'w') + std::string(100'000, 'x') && size == all.size();
}

TEST_P(readers, writer_gathers_no_more_than_it_may) {
    EXPECT_TRUE(run(writer_and_reader_agree()));
}

ZOCALO_IN_EVERY_WORLD(readers);

}  // namespace
