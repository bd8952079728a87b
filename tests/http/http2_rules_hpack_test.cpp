// SPDX-License-Identifier: MIT
// RFC 7541, what it says that must be, as RFC 9113 §4.3 has it: a row each, at both ends.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_rules.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

/// A block of which only the fields are tried: `usual` stands before or behind them.
struct block_row {
    const char* rule;
    std::string before;  ///< the usual fields of a message
    std::string behind;
    bool is_good = false;
};

std::string bytes(std::string_view hex) {
    std::string all;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        all += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return all;
}

const std::string stored = "\x40\x01x\x01y";  // becomes number 62
const std::string too_long(10, '\xFF');

const block_row rows[] = {
    {"2.3.3 an index behind both tables", "", "\xBE"},
    {"2.3.3 the last of the table that grows", "", stored + '\xBE', true},
    {"2.3.3 one behind that", "", stored + '\xBF'},
    {"2.3.3 a name behind both tables", "", std::string("\x7F\x00\x01y", 4)},
    {"4.2 a size at the beginning", "\x20", "", true},
    {"4.2 two sizes", "\x20" + packed(0x20, 5, 4096), "", true},
    {"4.2 a size behind a field", "", "\x20"},
    {"4.2 a size that is too large", packed(0x20, 5, 4097), ""},
    {"6.3 the largest size", packed(0x20, 5, 4096), "", true},
    {"6.3 an enormous one", "\x3F" + too_long, ""},
    {"4.3 what is pushed out is gone", "",
     stored + '\x40' + packed(0, 7, 1) + "a" + packed(0, 7, 4030) + std::string(4030, 'b') +
         '\xBF'},
    {"4.4 what is larger than the table empties it", "",
     stored + '\x40' + packed(0, 7, 1) + "a" + packed(0, 7, 4090) + std::string(4090, 'b') +
         '\xBE'},
    {"5.1 a number with more zeros than it needs", "",
     std::string("\0\x01"
                 "a\x7F\x82\x80\0",
                 7) +
         std::string(129 + 127 - 127, 'b'),
     true},
    {"5.1 a number that is too large", "", "\xFF" + too_long + '\x01'},
    {"5.1 a number that breaks off", "", "\xFF"},
    {"5.2 a string that is longer than the block", "",
     std::string("\0\x05"
                 "ab",
                 4)},
    {"5.2 Huffman's code", "", std::string("\0\x81\x1F\x01y", 5), true},  // "a"
    {"5.2 padding of more than 7 bits", "", std::string("\0\x82\x1F\xFF\x01y", 6)},
    {"5.2 padding of zeros", "", std::string("\0\x81\x18\x01y", 5)},
    {"5.2 the end of the string, said", "", std::string("\0\x84\xFF\xFF\xFF\xFF\x01y", 8)},
    {"6.1 the index 0", "", "\x80"},
    {"6.2.1 a new name, kept", "", "\x40\x01x\x01y", true},
    {"6.2.2 a new name, not kept", "", std::string("\0\x01x\x01y", 5), true},
    {"6.2.3 a new name, never kept", "", "\x10\x01x\x01y", true},
    {"6.2.1 a known name", "", std::string("\x7A\x01y", 3), true},  // user-agent
    {"6.2.3 a known name", "", std::string("\x1F\x2B\x01y", 4), true},
};

template <class Engine>
void try_blocks(const std::string& begin, const std::string& usual, std::uint8_t flags,
                const char* good) {
    for (const block_row& each : rows) {
        const std::string sent = frame(headers, flags, 1, each.before + usual + each.behind);
        tried<Engine> on(http::http2_limits{});
        zocalo::tests::http2::begin(on);
        on.hear(begin, SIZE_MAX);
        on.hear(sent, 1);
        EXPECT_EQ(on.seen.said, each.is_good ? "" : "ends COMPRESSION_ERROR") << each.rule;
        const std::string heard = on.seen.heard.substr(0, std::string_view(good).size());
        EXPECT_EQ(heard, each.is_good ? good : "") << each.rule;
    }
}

TEST(http2_rules, compressed_heads_at_a_server) {
    try_blocks<http::http2_server_engine>(preface(), get_block(), end_headers | end_stream,
                                          "request 1");
}
TEST(http2_rules, compressed_heads_at_a_client) {
    try_blocks<http::http2_client_engine>(frame(settings, 0, 0), block({{":status", "200"}}),
                                          end_headers, "response 1 200");
}

/// RFC 7541 C.3 and C.4: three requests whose fields are kept, as they are and in Huffman's code.
TEST(http2_rules, the_requests_that_the_rfc_shows) {
    const char* const sessions[][3] = {
        {"828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
         "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"},
        {"828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
         "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"},
    };
    for (const auto& session : sessions) {
        http::http2_server_engine engine;
        outcome seen;
        std::string sent = preface();
        for (std::uint32_t i = 0; i < 3; ++i)
            sent += frame(headers, end_headers | end_stream, 2 * i + 1, bytes(session[i]));
        engine.receive(sent, start);
        note(engine, seen);
        ASSERT_EQ(seen.count(kind::head), 3U);
        for (const std::uint32_t stream : {1U, 3U, 5U})
            EXPECT_EQ(engine.request(stream).fields.get("Host"), "www.example.com");
        EXPECT_EQ(engine.request(1).target, "/");
        EXPECT_EQ(engine.request(3).fields.get("Cache-Control"), "no-cache");
        EXPECT_EQ(engine.request(5).target, "/index.html");
        EXPECT_EQ(engine.request(5).fields.get("custom-key"), "custom-value");
    }
}

}  // namespace
