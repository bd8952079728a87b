// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/http2_frames.hpp"
#include "http/http2_outcome.hpp"
#include "zocalo/http/http2_engine.hpp"

/// RFC 9113, rule by rule: what a peer sends, and what has to come of it.
namespace zocalo::tests::http2 {

inline constexpr std::uint8_t ack = 1;
inline constexpr std::uint8_t padded = 8;
inline constexpr std::uint8_t with_priority = 32;

/// A rule. What is said last by `heard` and `said` is compared whole.
struct row {
    const char* rule;   ///< its section, and what is tried
    std::string sent;   ///< by the peer
    std::string heard;  ///< what the engine tells its caller, in order
    std::string said;   ///< how it complains: "reset 1 CODE" of a stream, "ends CODE" of them all
    /// What the RFC names where it is something else; docs/protocols/http.md says why that may be.
    const char* rfc = nullptr;
};

/// The streams that a client under test has opened before anybody answers. Nobody takes the content
/// that comes for `of_post`, whose own is not complete.
enum own_stream : std::uint32_t {
    of_get = 1,
    of_post = 3,
    of_head = 5,
    of_connect = 7,
    of_none = 9,
};

struct wire_frame {
    std::uint8_t type;
    std::uint8_t flags;
    std::uint32_t stream;
    std::string payload;
};

inline std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(at, size))
        value = (value << 8) | static_cast<unsigned char>(c);
    return value;
}

/// What stands at the beginning of those bytes: a frame, or all of them when it is none.
inline std::size_t first_frame(std::string_view bytes) {
    constexpr std::size_t head = 9;
    if (bytes.size() < head) return bytes.size();
    return std::min(bytes.size(), head + number_at(bytes, 0, 3));
}

/// Frames that an engine has sent, behind a client's preface.
inline std::vector<wire_frame> frames_of(std::string_view bytes) {
    if (bytes.starts_with("PRI")) bytes.remove_prefix(24);
    std::vector<wire_frame> all;
    while (!bytes.empty()) {
        const std::string_view one = bytes.substr(0, first_frame(bytes));
        if (one.size() < 9) throw std::runtime_error("half a frame");
        all.push_back({static_cast<std::uint8_t>(one[3]), static_cast<std::uint8_t>(one[4]),
                       number_at(one, 5, 4), std::string(one.substr(9))});
        bytes.remove_prefix(one.size());
    }
    return all;
}

/// Words, with commas between.
inline void add(std::string& to, const std::string& word) {
    to += (to.empty() ? "" : ", ") + word;
}

/// What came of a rule.
struct verdict {
    std::string heard;
    std::string said;
    bool is_alive = false;  ///< a last ping was answered

    void note_frames(std::string_view bytes) {
        for (const wire_frame& each : frames_of(bytes)) {
            const auto code = [&](std::size_t at) {
                return to_text(static_cast<http::http2_error>(number_at(each.payload, at, 4)));
            };
            const bool is_ack = (each.flags & ack) != 0;
            if (each.type == rst_stream)
                add(said, "reset " + std::to_string(each.stream) + " " + code(0));
            if (each.type == goaway) add(said, "ends " + code(4));
            if (each.type == ping && is_ack && each.payload == "the last") is_alive = true;
            if (each.type == ping && is_ack && !is_alive) add(said, "pong " + each.payload);
        }
    }
    /// Content that comes in pieces is one word.
    void note_content(std::uint32_t stream, std::string_view text) {
        const std::string head = "content " + std::to_string(stream) + " ";
        const std::size_t last = heard.rfind(", ");
        const std::size_t at = last == std::string::npos ? 0 : last + 2;
        if (heard.compare(at, head.size(), head) == 0) {
            heard += text;
        } else {
            add(heard, head + std::string(text));
        }
    }
    void note(const char* what, std::uint32_t stream) {
        add(heard, what + (" " + std::to_string(stream)));
    }
};

/// Whoever tries an engine: what it does with events is what a plain program would.
template <class Engine>
class tried {
 public:
    Engine engine;
    verdict seen;

    explicit tried(const http::http2_limits& also) : engine({}, also) {}

    /// Frame by frame, each in pieces of that size.
    void hear(std::string_view sent, std::size_t piece) {
        while (!sent.empty()) {
            const std::string_view one = sent.substr(0, first_frame(sent));
            for (std::size_t at = 0; at < one.size(); at += std::min(piece, one.size() - at)) {
                engine.receive(one.substr(at, piece), start);
                turn();
            }
            sent.remove_prefix(one.size());
        }
    }
    void turn() {
        do {
            while (const auto got = engine.next())
                note(*got);
            engine.produce(SIZE_MAX);
            seen.note_frames(std::exchange(engine.output(), {}));
        } while (engine.wants_to_send());
        while (const auto got = engine.next())
            note(*got);
    }

 private:
    void note(const http::http2_event& got);
    void note_head(std::uint32_t stream);
    /// Whether nobody takes its content.
    [[nodiscard]] bool is_held(std::uint32_t stream) const;

    void note_rest(const http::http2_event& got) {
        const std::string code = " " + to_text(got.why);
        if (got.what == kind::data && !is_held(got.stream)) {
            const std::string text(engine.content(got.stream).text());
            engine.consume(got.stream, text.size());
            seen.note_content(got.stream, text);
        } else if (got.what == kind::reset) {
            add(seen.heard, "lost " + std::to_string(got.stream) + code);
            engine.release(got.stream);
        } else if (got.what == kind::leaving) {
            add(seen.heard, "leaving " + std::to_string(got.stream) + code);
        } else if (got.what == kind::pong) {
            add(seen.heard, "pong");
        }
    }
};

template <>
inline void tried<http::http2_server_engine>::note_head(std::uint32_t stream) {
    const http::request_head& asked = engine.request(stream);
    std::string word = "request " + std::to_string(stream);
    for (const http::field each : asked.fields) {
        if (each.name == "Host" || each.name == "host" || each.name == "content-length") continue;
        word.append(" ").append(each.name).append("=").append(each.value);
    }
    add(seen.heard, word);
    if (asked.method == http::method::connect) engine.send(stream, {});
}

template <>
inline bool tried<http::http2_server_engine>::is_held(std::uint32_t stream) const {
    return engine.request(stream).target == "/held";
}

/// Requests for "/answered" are answered at their end, and are no more then; CONNECT is let
/// through.
template <>
inline void tried<http::http2_server_engine>::note(const http::http2_event& got) {
    if (got.what == kind::head) return note_head(got.stream);
    if (got.what == kind::refused) {
        add(seen.heard, "refused " + std::to_string(got.stream) + " " +
                            std::to_string(number(engine.problem(got.stream))));
        engine.send(got.stream, {.status = engine.problem(got.stream)}, 0);
        engine.send_end(got.stream);
        turn();
        return engine.release(got.stream);
    }
    if (got.what != kind::end) return note_rest(got);
    seen.note("end", got.stream);
    if (engine.request(got.stream).target != "/answered") return;
    engine.send(got.stream, {}, 0);
    engine.send_end(got.stream);
    engine.produce(SIZE_MAX);
    engine.release(got.stream);
}

template <>
inline void tried<http::http2_client_engine>::note_head(std::uint32_t stream) {
    const http::response_head& said = engine.response(stream);
    add(seen.heard, (http::is_informational(said.status) ? "interim " : "response ") +
                        std::to_string(stream) + " " + std::to_string(number(said.status)));
}

template <>
inline bool tried<http::http2_client_engine>::is_held(std::uint32_t stream) const {
    return stream == of_post;
}

/// A stream whose response has ended is no more.
template <>
inline void tried<http::http2_client_engine>::note(const http::http2_event& got) {
    if (got.what == kind::head || got.what == kind::interim) return note_head(got.stream);
    if (got.what != kind::end) return note_rest(got);
    seen.note("end", got.stream);
    if (engine.has_sent_all(got.stream)) engine.release(got.stream);
}

inline void begin(tried<http::http2_server_engine>&) {}
inline void begin(tried<http::http2_client_engine>& on) {
    const auto ask = [&](http::method how, http::content_size size, std::string target = "/") {
        http::request_head head;
        head.method = how;
        head.target = std::move(target);
        head.fields.add("Host", "a:80");
        (void)on.engine.send(head, size, "http");
    };
    ask(http::method::get, 0);
    ask(http::method::post, std::nullopt);
    ask(http::method::head, 0);
    ask(http::method::connect, std::nullopt, "a:80");
    on.turn();
}

/// Tries a rule in pieces of many sizes. `before`: what the peer has begun with.
template <class Engine>
void expect_rule(const row& each, const std::string& before, const http::http2_limits& also) {
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
        if (piece < 7 && each.sent.size() > 20'000) continue;
        tried<Engine> on(also);
        begin(on);
        for (const std::string& part : {before, each.sent, frame(ping, 0, 0, "the last")}) {
            if (part.starts_with("PRI")) {
                on.hear(part.substr(0, 24), piece);
                on.hear(part.substr(24), piece);
            } else {
                on.hear(part, piece);
            }
        }
        EXPECT_EQ(on.seen.heard, each.heard) << each.rule << ", by " << piece;
        EXPECT_EQ(on.seen.said, each.said) << each.rule << ", by " << piece;
        const bool has_ended = on.seen.said.find("ends ") != std::string::npos;
        EXPECT_NE(on.seen.is_alive, has_ended) << each.rule << ", by " << piece;
        EXPECT_EQ(on.engine.is_over(), has_ended) << each.rule << ", by " << piece;
    }
}

// --- Frames that many rules need

inline std::string block_for(std::string_view path) {
    return block({{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "a"}});
}
inline std::string ask(std::uint32_t stream, std::uint8_t flags = end_stream) {
    return frame(headers, end_headers | flags, stream, get_block());
}
inline std::string answered(std::uint32_t stream) {
    return frame(headers, end_headers | end_stream, stream, block_for("/answered"));
}
inline std::string reset_of(std::uint32_t stream, std::uint32_t code = 8) {
    return frame(rst_stream, 0, stream, number(code, 4));
}
inline std::string window_of(std::uint32_t stream, std::uint32_t by) {
    return frame(window_update, 0, stream, number(by, 4));
}
inline std::string priority_of(std::uint32_t stream, std::uint32_t on = 0) {
    return frame(priority, 0, stream, number(on, 4) + "\x0F");
}
inline std::string sets(std::uint16_t which, std::uint32_t value) {
    return frame(settings, 0, 0, setting(which, value));
}

}  // namespace zocalo::tests::http2
