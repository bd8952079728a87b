// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/ws/engine.hpp"

/// What an engine hears, as text that tables can have.
namespace zocalo::tests {

/// Bytes from hexadecimal digits; spaces are for people.
inline std::string bytes(std::string_view hex) {
    std::string all;
    unsigned value = 0;
    bool is_half = false;
    for (const char c : hex) {
        if (c == ' ') continue;
        const unsigned digit =
            c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'a') + 10;
        value = is_half ? value * 16 + digit : digit;
        if (is_half) all += static_cast<char>(value);
        is_half = !is_half;
    }
    return all;
}

/// A frame; the second byte and what follows is made here, with a mask when there is one.
inline std::string frame(unsigned first, std::string payload,
                         std::optional<ws::mask_key> mask = std::nullopt) {
    std::string text;
    ws::append_frame_head({.mask = mask, .size = payload.size()}, text);
    text[0] = static_cast<char>(first);
    if (mask) ws::apply_mask(payload, *mask);
    return text + payload;
}
/// The same from a client.
inline std::string masked(unsigned first, std::string payload) {
    return frame(first, std::move(payload),
                 ws::mask_key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}});
}

/// What has been heard: "text:hello", "ping:x", "close:1000 bye", and "error 1002" at the end.
struct heard {
    std::vector<std::string> all;

    friend bool operator==(const heard&, const heard&) = default;
    friend void PrintTo(const heard& what, std::ostream* out) {  // NOLINT: GoogleTest names it
        for (const std::string& each : what.all)
            *out << each.substr(0, 80) << '\n';
    }
};

inline void note(const ws::incoming& got, const ws::engine& engine, std::string& message,
                 heard& into) {
    const std::string data(got.data.text());
    if (got.what == ws::event::piece) {
        if (!got.is_last) return;
        into.all.push_back((got.kind == ws::kind::text ? "text:" : "binary:") + message);
        message.clear();
    } else if (got.what == ws::event::close) {
        const ws::close_reason& why = *engine.received_close();
        into.all.push_back("close:" + std::to_string(number(why.code)) + " " + why.text);
    } else {
        into.all.push_back((got.what == ws::event::ping ? "ping:" : "pong:") + data);
    }
}

/// What is heard now; a piece of a message is behind `message` then. `into`: the engine puts it
/// there.
inline ws::incoming next(ws::engine& engine, std::string_view received, std::string& message,
                         bool into) {
    const std::size_t before = message.size();
    const ws::incoming got = into ? engine.next(received, message) : engine.next(received);
    if (got.what != ws::event::piece) {
        EXPECT_EQ(message.size(), before);
    } else if (into) {
        EXPECT_EQ(std::string_view(message).substr(before), got.data.text());
    } else {
        message += got.data.text();
    }
    return got;
}

/// Bytes that come in pieces of that size: what is left of one is offered again with the next.
inline heard hear(ws::engine& engine, std::string_view text, std::size_t piece = SIZE_MAX,
                  bool into = false) {
    heard all;
    std::string message;
    std::size_t done = 0;
    std::size_t come = 0;
    while (come < text.size()) {
        come += std::min(piece, text.size() - come);
        for (;;) {
            try {
                const ws::incoming got =
                    next(engine, text.substr(done, come - done), message, into);
                done += got.used;
                if (got.what == ws::event::need_data) break;
                note(got, engine, message, all);
            } catch (const ws::bad_message& wrong) {
                all.all.push_back("error " + std::to_string(number(wrong.answer())));
                return all;
            }
        }
    }
    return all;
}

}  // namespace zocalo::tests
