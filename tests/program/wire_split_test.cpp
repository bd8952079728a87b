// SPDX-License-Identifier: MIT
#include "fetch/wire_split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace zocalo::program {

namespace {

using serve::flow;
using said = std::vector<std::pair<flow, std::string>>;

/// What was told, heads in brackets, whatever pieces data came in.
template <class Split>
std::string told(const said& dialogue, std::size_t piece) {
    std::string all;
    bool is_data = false;
    auto split = std::make_unique<Split>([&](flow which, wire_part part, std::string_view bytes) {
        const bool is_head = part == wire_part::head;
        if (is_head || !is_data) all += which == flow::sent ? '>' : '<';
        all += is_head ? '[' + std::string(bytes) + ']' : std::string(bytes);
        is_data = !is_head;
    });
    for (const auto& [which, text] : dialogue) {
        for (std::size_t at = 0; at < text.size(); at += piece)
            split->see(which, std::string_view(text).substr(at, piece));
    }
    split.reset();
    return all;
}

TEST(wire_split, heads_are_whole_however_they_came) {
    const said dialogue{{flow::sent, "POST / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n"},
                        {flow::received, "HTTP/1.1 100 Continue\r\n\r\n"},
                        {flow::sent, "a: b"},
                        {flow::received, "HTTP/1.1 200 OK\r\nA: b\r\n\r\nc\r\n\r\nd"},
                        {flow::sent, "GET / HTTP/1.1\r\n\r\n"},
                        {flow::received, "HTTP/1.1 404 No\n\n"}};
    for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
        EXPECT_EQ(told<http1_split>(dialogue, piece),
                  ">[POST / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n]"
                  "<[HTTP/1.1 100 Continue\r\n\r\n]>a: b"
                  "<[HTTP/1.1 200 OK\r\nA: b\r\n\r\n]<c\r\n\r\nd"
                  ">[GET / HTTP/1.1\r\n\r\n]<[HTTP/1.1 404 No\n\n]");
    }
}

TEST(wire_split, secrets_are_not_told) {
    const said dialogue{
        {flow::sent,
         "GET / HTTP/1.1\r\nauthorization: CANARY\r\nCookie:CANARY\r\n\tCANARY\r\n\r\n"},
        {flow::received, "HTTP/1.1 200 OK\r\nSet-Cookie: CANARY\r\nA: b\r\n\r\n"}};
    const std::string all = told<http1_split>(dialogue, 3);
    EXPECT_EQ(all.find("CANARY"), std::string::npos);
    EXPECT_NE(all.find("authorization: ***\r\nCookie: ***\r\n\r\n"), std::string::npos);
    EXPECT_NE(all.find("Set-Cookie: ***\r\nA: b"), std::string::npos);
}

TEST(wire_split, what_is_no_head_is_told_in_the_end) {
    EXPECT_EQ(told<http1_split>({{flow::received, "nonsense"}}, 3), "<[nonsense]");
    const std::string all =
        told<http1_split>({{flow::received, std::string(longest_shown_head + 5, 'a')}}, 1000);
    EXPECT_EQ(std::ranges::count(all, 'a'), static_cast<std::ptrdiff_t>(longest_shown_head + 5));
    EXPECT_EQ(std::ranges::count(all, '['), 2);
}

std::string frame(char type, const std::string& payload) {
    return std::string{'\0', '\0', static_cast<char>(payload.size()), type, '\0', 'i', 'd',
                       '.',  '.'} +
           payload;
}

TEST(wire_split, compressed_heads_are_stars) {
    const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const std::string text = preface + frame(4, "set") + frame(1, "head") + frame(9, "more") +
                             frame(5, "push") + frame(0, "data") + frame(4, "");
    const std::string seen = preface + frame(4, "set") + frame(1, "****") + frame(9, "****") +
                             frame(5, "****") + frame(0, "data") + frame(4, "");
    for (const std::size_t piece : {1U, 3U, 1000U})
        EXPECT_EQ(told<http2_split>({{flow::sent, text}}, piece), '>' + seen);
    EXPECT_EQ(told<http2_split>({{flow::received, frame(1, "head")}}, 1), '<' + frame(1, "****"));
}

}  // namespace

}  // namespace zocalo::program
