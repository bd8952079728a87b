// SPDX-License-Identifier: MIT
// However long what is sent is: it takes as much time as it has bytes.
#include "support/growth.hpp"

#include "ws/transcript.hpp"

namespace {

namespace ws = zocalo::ws;
using zocalo::tests::burden;
using zocalo::tests::bytes;
using zocalo::tests::hear;
using zocalo::tests::repeated;

const ws::limits unlimited{.message = SIZE_MAX / 4,
                           .frame = SIZE_MAX / 4,
                           .frames = SIZE_MAX / 4,
                           .ratio = SIZE_MAX / 4,
                           .ratio_from = SIZE_MAX / 4};

/// Nothing is kept: what a table of strings would cost is no cost of the engine's.
void listen(const std::string& text, std::size_t piece, bool is_compressed) {
    std::optional<ws::deflate_agreement> agreed;
    if (is_compressed) agreed.emplace();
    ws::engine client(ws::role::client, unlimited, agreed);
    std::size_t done = 0;
    try {
        for (std::size_t come = 0; come < text.size();) {
            come += std::min(piece, text.size() - come);
            for (;;) {
                const ws::incoming got =
                    client.next(std::string_view(text).substr(done, come - done));
                done += got.used;
                if (got.what == ws::event::need_data) break;
            }
        }
    } catch (const ws::bad_message&) {
        return;
    }
}
template <std::size_t Piece>
void plain(const std::string& text) {
    listen(text, Piece, false);
}
template <std::size_t Piece>
void compressed(const std::string& text) {
    listen(text, Piece, true);
}
void read_offers(const std::string& text) {
    try {
        (void)ws::accept_deflate(text, {});
    } catch (const ws::bad_message&) {
        return;
    }
}

const std::string endless = bytes("01 7f 0000010000000000");

const burden burdens[] = {
    {"a long message", repeated("a", endless), plain<100>},
    {"characters in pieces", repeated("\xF0\x9F\x98\x80", endless), plain<3>},
    {"empty fragments", repeated(bytes("00 00"), bytes("01 00")), plain<100>},
    {"pings", repeated(bytes("89 00")), plain<100>},
    {"pings at once", repeated(bytes("89 00")), plain<SIZE_MAX / 2>},
    {"messages", repeated(bytes("81 01 61")), plain<100>},
    {"a long compressed message",
     repeated(bytes("aa 00 00 00 ff ff"), bytes("41 7f 0000010000000000")), compressed<100>},
    {"compressed messages", repeated(bytes("c1 01 00")), compressed<100>},
    {"offers", repeated("permessage-deflate; x, "), read_offers},
    {"parameters of offers", repeated("; a=b", "permessage-deflate"), read_offers},
    {"commas of offers", repeated(","), read_offers},
};

TEST(growth, of_the_time_of_websockets_is_that_of_the_bytes) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
