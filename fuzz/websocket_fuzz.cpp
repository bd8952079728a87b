// SPDX-License-Identifier: MIT
// Frames, at both ends and with compression: only bad_message; what is heard does not depend on how
// the bytes were split; what was heard is heard again when it is sent; without compression it is
// what a naive reader of whole frames makes of them; linear time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/ws/engine.hpp"

namespace {

namespace ws = zocalo::ws;

constexpr ws::limits small{
    .message = 100'000, .frame = 100'000, .frames = 100, .ratio = 500, .ratio_from = 10'000};

struct heard {
    std::vector<ws::message> messages;
    std::string others;  ///< pings and pongs, the close frame, the error

    friend bool operator==(const heard&, const heard&) = default;
};

void note(const ws::incoming& got, const ws::engine& engine, ws::message& partial, heard& into) {
    if (got.what == ws::event::piece) {
        partial.kind = got.kind;
        if (!got.is_last) return;
        into.messages.push_back(partial);
        partial.data.clear();
    } else if (got.what == ws::event::close) {
        into.others += "c" + std::to_string(number(engine.received_close()->code));
    } else {
        into.others += got.what == ws::event::ping ? 'i' : 'o';
        into.others += got.data.text();
    }
}

/// By itself, or into the message.
ws::incoming next(ws::engine& engine, std::string_view received, ws::message& partial, bool into) {
    if (into) return engine.next(received, partial.data);
    const ws::incoming got = engine.next(received);
    if (got.what == ws::event::piece) partial.data += got.data.text();
    return got;
}

heard hear(ws::role own, std::string_view text, std::size_t piece, bool into) {
    ws::engine engine(own, small, ws::deflate_agreement{});
    heard all;
    ws::message partial;
    std::size_t done = 0;
    try {
        for (std::size_t come = 0; come < text.size();) {
            come += std::min(piece, text.size() - come);
            for (;;) {
                const ws::incoming got =
                    next(engine, text.substr(done, come - done), partial, into);
                require(got.used <= come - done);
                done += got.used;
                if (got.what == ws::event::need_data) break;
                note(got, engine, partial, all);
            }
        }
    } catch (const ws::bad_message& wrong) {
        require(ws::may_be_sent(wrong.answer()));
        all.others += "e" + std::to_string(number(wrong.answer()));
    }
    return all;
}

void send_again(const std::vector<ws::message>& all) {
    ws::engine client(ws::role::client, small, ws::deflate_agreement{}, {.from = 0});
    std::string wire;
    for (const ws::message& each : all)
        client.send(each, wire);
    const heard again = hear(ws::role::server, wire, SIZE_MAX, true);
    require(again.messages == all || again.others == "e1009");
}

/// The oracle: frames as RFC 6455 §5.2 draws them, one after the other, until one is not whole or
/// compressed. Rules are none of its business.
std::vector<ws::message> naive(std::string_view text) {
    std::vector<ws::message> all;
    ws::message partial;
    const auto byte = [&text](std::size_t at) -> std::size_t {
        return static_cast<unsigned char>(text[at]);
    };
    while (text.size() >= 2 && (byte(0) & 0x70) == 0) {
        const bool is_masked = byte(1) >= 128;
        std::size_t size = byte(1) % 128;
        std::size_t wide = size == 126 ? 2 : 0;
        if (size == 127) wide = 8;
        const std::size_t head = 2 + wide + (is_masked ? 4 : 0);
        if (text.size() < head) break;
        if (wide != 0) size = 0;
        for (std::size_t i = 0; i < wide; ++i)
            size = size << 8 | byte(2 + i);
        if (text.size() - head < size) break;
        if (const std::size_t code = byte(0) % 16; code < 8) {
            if (code != 0) partial.kind = code == 1 ? ws::kind::text : ws::kind::binary;
            for (std::size_t i = 0; i < size; ++i) {
                const std::size_t mask = is_masked ? byte(head - 4 + i % 4) : 0;
                partial.data += static_cast<char>(byte(head + i) ^ mask);
            }
            if (byte(0) >= 128) all.push_back(std::exchange(partial, {}));
        }
        text.remove_prefix(head + size);
    }
    return all;
}

/// Of what was heard that was not compressed nothing is wrong. The oracle hears on where the engine
/// has refused something.
bool agree(const std::vector<ws::message>& heard, const std::vector<ws::message>& expected) {
    const std::size_t both = std::min(heard.size(), expected.size());
    return std::ranges::equal(std::span(heard).first(both), std::span(expected).first(both));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ws::role own = data[0] % 2 == 0 ? ws::role::client : ws::role::server;
    const std::size_t piece = std::size_t{data[0]} / 2 + 1;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const heard whole = hear(own, text, SIZE_MAX, false);
    require(hear(own, text, piece, true) == whole);
    require(hear(own, text, piece, false) == whole);
    require(agree(whole.messages, naive(text)));
    send_again(whole.messages);
    linear::require_linear(text, [own](const std::string& all) { (void)hear(own, all, 64, true); });
    return 0;
}
