// SPDX-License-Identifier: MIT
#include "fetch/proxy_split.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace zocalo::program {

namespace {

using serve::flow;
using enum io::proxy::protocol;
using said = std::vector<std::pair<flow, std::string>>;

/// What was told, each side's beginning with > or <, in whatever pieces it came; and `!` at the end
/// when the dialogue is over.
std::string told(io::proxy::protocol kind, const said& dialogue, std::size_t piece) {
    std::string all;
    const auto tell = [&all](flow which, wire_part, std::string_view bytes) {
        const char sign = which == flow::sent ? '>' : '<';
        const auto last = all.find_last_of("<>");
        if (last == std::string::npos || all[last] != sign) all += sign;
        all += bytes;
    };
    proxy_split split(kind, tell);
    for (const auto& [which, text] : dialogue)
        for (std::size_t at = 0; at < text.size(); at += piece)
            split.see(which, std::string_view(text).substr(at, piece));
    return all + (split.is_over() ? "!" : "");
}

std::string bytes(std::initializer_list<int> all) {
    std::string made;
    for (const int each : all)
        made += static_cast<char>(each);
    return made;
}

TEST(proxy_split, of_http_ends_with_the_head_that_lets_through) {
    const said dialogue{{flow::sent, "CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: x y\r\n\r\n"},
                        {flow::received, "HTTP/1.1 100 Wait\r\n\r\n"},
                        {flow::received, "HTTP/1.1 200 Made\r\n\r\n"},
                        {flow::sent, "content"},
                        {flow::received, "content"}};
    for (const auto kind : {http, https})
        for (const std::size_t piece : {1U, 5U, 1000U})
            EXPECT_EQ(told(kind, dialogue, piece),
                      ">CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: ***\r\n\r\n"
                      "<HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 200 Made\r\n\r\n!");
}

TEST(proxy_split, of_socks4_ends_with_its_answer) {
    const said dialogue{{flow::sent, bytes({4, 1, 0, 80, 0, 0, 0, 1, 0})},
                        {flow::received, bytes({0, 90, 0, 0, 0, 0, 0, 0}) + "content"},
                        {flow::sent, "content"}};
    for (const std::size_t piece : {1U, 3U, 1000U})
        EXPECT_EQ(told(socks4a, dialogue, piece), '>' + bytes({4, 1, 0, 80, 0, 0, 0, 1, 0}) + '<' +
                                                      bytes({0, 90, 0, 0, 0, 0, 0, 0}) + '!');
}

TEST(proxy_split, of_socks5_shows_no_password) {
    const std::string name = bytes({5, 0, 0, 3, 2}) + "ab" + bytes({0, 80});
    const std::string v4 = bytes({5, 0, 0, 1, 127, 0, 0, 1, 0, 80});
    const std::string v6 = bytes({5, 0, 0, 4}) + std::string(16, 'a') + bytes({0, 80});
    for (const std::string& reply : {name, v4, v6}) {
        const said dialogue{{flow::sent, bytes({5, 2, 0, 2})},
                            {flow::received, bytes({5, 2})},
                            {flow::sent, bytes({1, 2}) + "me" + bytes({6}) + "CANARY"},
                            {flow::received, bytes({1, 0})},
                            {flow::sent, "request"},
                            {flow::received, reply + "content"}};
        for (const std::size_t piece : {1U, 4U, 1000U})
            EXPECT_EQ(told(socks5h, dialogue, piece),
                      '>' + bytes({5, 2, 0, 2}) + '<' + bytes({5, 2}) + '>' + std::string(11, '*') +
                          '<' + bytes({1, 0}) + ">request<" + reply + '!');
    }
}

TEST(proxy_split, of_socks5_ends_when_it_is_refused) {
    const std::string none = bytes({5, 0xff});
    EXPECT_EQ(told(socks5, {{flow::received, none + "more"}}, 1), '<' + none + '!');
    const said wrong{{flow::received, bytes({5, 2})}, {flow::received, bytes({1, 1}) + "more"}};
    EXPECT_EQ(told(socks5, wrong, 9), '<' + bytes({5, 2, 1, 1}) + '!');
    EXPECT_EQ(told(socks5, {{flow::received, bytes({5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0})}}, 2),
              '<' + bytes({5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace zocalo::program
