// SPDX-License-Identifier: MIT
// However a peer cuts what it sends, reading takes a time that grows with it and no faster.
#include "support/growth.hpp"

#include <gtest/gtest.h>

#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/reader.hpp"

namespace {

namespace io = zocalo::io;
using zocalo::tests::burden;
using zocalo::tests::repeated;

constexpr std::size_t no_limit = std::size_t{1} << 30U;

io::task<> send_in_pieces(io::stream& to, const std::string& text, std::size_t piece) {
    for (std::size_t at = 0; at < text.size(); at += piece)
        co_await to.write(std::string_view(text).substr(at, piece));
    co_await to.finish();
}

io::task<> read_lines(io::stream& from) {
    io::reader lines(from);
    for (;;) {
        const auto line = co_await lines.read_until("\n", no_limit);
        if (!line) co_return;
    }
}
io::task<> read_everything(io::stream& from) {
    io::reader all(from);
    const std::string text = co_await all.read_all(no_limit);
    EXPECT_GT(text.size(), 0U);
}

template <class Reading>
io::task<> send_and_read(const std::string& text, std::size_t piece, Reading reading) {
    auto [one, other] = io::memory_pair();
    co_await io::all(send_in_pieces(one, text, piece), reading(other));
}

void lines_in_pieces(const std::string& text) {
    io::loop(io::backend_kind::epoll).run(send_and_read(text, 100, read_lines));
}
void lines_at_once(const std::string& text) {
    io::loop(io::backend_kind::epoll).run(send_and_read(text, 65'536, read_lines));
}
void all_in_pieces(const std::string& text) {
    io::loop(io::backend_kind::epoll).run(send_and_read(text, 100, read_everything));
}

const burden burdens[] = {
    {"lines", repeated("a line of twenty...\n"), lines_in_pieces},
    {"lines, many in a piece", repeated("a line of twenty...\n"), lines_at_once},
    {"empty lines, many in a piece", repeated("\n"), lines_at_once},
    {"one long line", repeated("aaaaaaaaaaaaaaaaaaaa", "", "\n"), lines_in_pieces},
    {"everything", repeated("aaaaaaaaaaaaaaaaaaaa"), all_in_pieces},
};

TEST(growth, of_time_is_that_of_what_came) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
