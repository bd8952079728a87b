// SPDX-License-Identifier: MIT
#include "zocalo/ws/frame.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ws/transcript.hpp"

namespace {

namespace ws = zocalo::ws;
using zocalo::tests::bytes;

struct sized {
    std::uint64_t size;
    const char* written;  ///< a binary frame's head, without and with a mask
    const char* masked;
};

constexpr sized sizes[] = {
    {0, "82 00", "82 80 01020304"},
    {1, "82 01", "82 81 01020304"},
    {125, "82 7d", "82 fd 01020304"},
    {126, "82 7e 007e", "82 fe 007e 01020304"},
    {127, "82 7e 007f", "82 fe 007f 01020304"},
    {65535, "82 7e ffff", "82 fe ffff 01020304"},
    {65536, "82 7f 0000000000010000", "82 ff 0000000000010000 01020304"},
    {0x7FFFFFFFFFFFFFFF, "82 7f 7fffffffffffffff", "82 ff 7fffffffffffffff 01020304"},
};

constexpr ws::mask_key key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};

void expect_head(const std::string& written, const ws::frame_head& head) {
    for (std::size_t i = 0; i < written.size(); ++i)
        EXPECT_FALSE(ws::read_frame_head(std::string_view(written).substr(0, i))) << i;
    const auto got = ws::read_frame_head(written + "rest");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->used, written.size());
    EXPECT_EQ(got->head, head);
    std::string again;
    ws::append_frame_head(head, again);
    EXPECT_EQ(again, written);
}

TEST(frame_head, has_a_size_in_the_fewest_bytes) {
    for (const sized& each : sizes) {
        SCOPED_TRACE(each.size);
        ws::frame_head head{.what = ws::opcode::binary, .size = each.size};
        expect_head(bytes(each.written), head);
        head.mask = key;
        expect_head(bytes(each.masked), head);
    }
}

TEST(frame_head, says_what_the_frame_is) {
    expect_head(bytes("01 00"), {.what = ws::opcode::text, .is_last = false});
    expect_head(bytes("00 00"), {.what = ws::opcode::continuation, .is_last = false});
    expect_head(bytes("80 00"), {.what = ws::opcode::continuation});
    expect_head(bytes("c1 00"), {.what = ws::opcode::text, .is_compressed = true});
    expect_head(bytes("88 7d"), {.what = ws::opcode::close, .size = 125});
    expect_head(bytes("89 00"), {.what = ws::opcode::ping});
    expect_head(bytes("8a 00"), {.what = ws::opcode::pong});
}

constexpr const char* wrong_heads[] = {
    "91",  // RSV3
    "a1",  // RSV2
    "b1",  //
    "83",  // reserved opcodes
    "84",
    "85",
    "86",
    "87",  //
    "8b",
    "8c",
    "8d",
    "8e",  //
    "8f",  //
    "08",
    "09",
    "0a",  // control frames in fragments
    "c8",
    "c9",
    "ca",     // and compressed ones
    "89 7e",  // and long ones
    "88 fe",
    "8a 7f",                   //
    "82 7e 0000",              // sizes in more bytes than they take
    "82 7e 007d",              //
    "82 7f 0000000000000000",  //
    "82 7f 000000000000ffff",  //
    "82 7f 8000000000000000",  // and of 64 bits
    "82 ff ffffffffffffffff",  //
};

TEST(frame_head, is_refused_as_soon_as_it_is_wrong) {
    for (const char* each : wrong_heads) {
        const std::string text = bytes(each);
        for (std::size_t i = 0; i < text.size(); ++i)
            EXPECT_NO_THROW((void)ws::read_frame_head(std::string_view(text).substr(0, i))) << each;
        try {
            (void)ws::read_frame_head(text);
            ADD_FAILURE() << each;
        } catch (const ws::bad_message& wrong) {
            EXPECT_EQ(wrong.answer(), ws::close_code::protocol_error) << each;
        }
    }
}

/// The first byte with itself, and so on: as the RFC says it (§5.3).
std::string masked_naively(std::string text, std::uint64_t offset) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto with = std::to_integer<unsigned>(key.at((i + offset) % 4));
        text[i] = static_cast<char>(static_cast<unsigned char>(text[i]) ^ with);
    }
    return text;
}

TEST(mask, is_that_of_the_rfc_at_every_size_and_offset) {
    std::string all;
    for (int i = 0; i < 300; ++i)
        all += static_cast<char>(i * 7 & 0xFF);
    for (std::uint64_t offset = 0; offset < 9; ++offset) {
        for (std::size_t size = 0; size < 40; ++size) {
            std::string text = all.substr(size, size);
            ws::apply_mask(text, key, offset);
            EXPECT_EQ(text, masked_naively(all.substr(size, size), offset));
        }
    }
    std::string far = all;
    ws::apply_mask(far, key, 0xFFFFFFFFFFFFFFFF);
    EXPECT_EQ(far, masked_naively(all, 3));
}

}  // namespace
