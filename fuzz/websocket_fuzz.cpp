// SPDX-License-Identifier: MIT
// Frames, at both ends and with compression: only bad_message; what is heard does not depend on how
// the bytes were split; what was heard is heard again when it is sent.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ws::role own = data[0] % 2 == 0 ? ws::role::client : ws::role::server;
    const std::size_t piece = std::size_t{data[0]} / 2 + 1;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const heard whole = hear(own, text, SIZE_MAX, false);
    require(hear(own, text, piece, true) == whole);
    require(hear(own, text, piece, false) == whole);
    send_again(whole.messages);
    return 0;
}
