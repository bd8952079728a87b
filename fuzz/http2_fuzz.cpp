// SPDX-License-Identifier: MIT
// Frames at both ends of HTTP/2: nothing is thrown, what is heard does not depend on how the bytes
// were split; a request that is heard is one that HTTP/1.1 would take, and is heard as the same
// when a client sends it; its content is what a naive reader of frames finds in its DATA; streams
// may be answered, reset and released in the middle of each frame; linear time.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/http2_engine.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using kind = http::http2_event::kind;

constexpr io::time_point now{std::chrono::hours(1)};
constexpr std::string_view preface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

/// The same request in HTTP/1.1, heard by the engine that is for it.
void check(const http::request_head& head) {
    std::string text(head.method.text());
    text.append(" ").append(head.target).append(" HTTP/1.1\r\n");
    for (const http::field each : head.fields) {
        if (!http::same_name(each.name, "content-length"))
            text.append(each.name).append(": ").append(each.value).append("\r\n");
    }
    text += "\r\n";
    http::server_engine engine;
    const http::incoming got = engine.next(text);
    require(got.what == http::event::head);
    require(engine.request().target == head.target);
    require(got.used == text.size());
}

/// The same request from a client of ours.
void check_again(const http::request_head& head) {
    if (head.method == http::method::connect || !head.target.starts_with('/')) return;
    http::request_head said = head;
    said.fields.remove("content-length");
    http::http2_client_engine client;
    (void)client.send(said, 0, "http");
    client.produce(65536);
    http::http2_server_engine server;
    server.receive(client.output(), now);
    for (;;) {
        const auto got = server.next();
        require(got.has_value());
        if (got->what != kind::head) continue;
        const http::request_head& heard = server.request(got->stream);
        require(heard.method == head.method && heard.target == head.target);
        for (const http::field each : said.fields)
            require(heard.fields.joined(each.name) == said.fields.joined(each.name));
        return;
    }
}

/// The oracle: what DATA frames of a stream have between their heads and their padding (RFC 9113
/// §4.1, §6.1), one after the other. Rules are none of its business.
std::string naive_content(std::string_view bytes, std::uint32_t stream) {
    std::string all;
    while (bytes.size() >= 9) {
        const auto byte = [&bytes](std::size_t at) -> std::size_t {
            return static_cast<unsigned char>(bytes[at]);
        };
        const std::size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
        if (bytes.size() - 9 < size) break;
        const std::size_t of = (byte(5) % 128) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
        const bool is_padded = (byte(4) & 8) != 0 && size > 0;
        const std::size_t padding = is_padded ? byte(9) + 1 : 0;
        if (byte(3) == 0 && of == stream && padding <= size)
            all += bytes.substr(is_padded ? 10 : 9, size - padding);
        bytes.remove_prefix(9 + size);
    }
    return all;
}

template <class Engine>
std::string hear(Engine& engine, std::string_view bytes, std::size_t piece) {
    for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at))
        engine.receive(bytes.substr(at, piece), now);
    std::string all;
    while (const auto got = engine.next()) {
        // What comes behind it is heard only where it came in the same piece.
        if (got->what == kind::leaving) break;
        if (got->what == kind::data) continue;  // as much as there is, of what may be wrong
        all += std::to_string(static_cast<int>(got->what)) + " " + std::to_string(got->stream) +
               " " + to_text(got->why) + "\n";
        if (got->what == kind::end) {
            const std::string_view content = engine.content(got->stream).text();
            require(naive_content(bytes, got->stream).starts_with(content));
            all += content;
        }
        if constexpr (std::is_same_v<Engine, http::http2_server_engine>) {
            if (got->what == kind::head) {
                check(engine.request(got->stream));
                check_again(engine.request(got->stream));
            }
        }
    }
    require(engine.streams() <= 200);
    engine.produce(65536);
    require(engine.output().size() <= 200'000);
    return all;
}

std::string hear_request(std::string_view bytes, std::size_t piece) {
    http::http2_server_engine engine;
    engine.receive(preface, now);
    return hear(engine, bytes, piece);
}

std::string hear_response(std::string_view bytes, std::size_t piece) {
    http::http2_client_engine engine;
    http::request_head head;
    head.fields.add("Host", "a");
    (void)engine.send(head, 0, "http");
    engine.produce(65536);
    engine.receive(std::string_view("\0\0\0\4\0\0\0\0\0", 9), now);
    return hear(engine, bytes, piece);
}

/// What an owner does with a stream, as numbers that depend on the input say.
template <class Engine>
void treat(Engine& engine, std::uint32_t stream, std::size_t choice) {
    if constexpr (std::is_same_v<Engine, http::http2_server_engine>) {
        const bool answers = choice % 8 < 3 && engine.can_begin(stream) && engine.is_open(stream);
        if (answers) engine.send(stream, {}, choice % 8 == 0 ? 0 : 70'000);
        if (answers && choice % 8 == 1) engine.send_data(stream, std::string(70'000, 'x'));
    }
    if (choice % 8 == 3) engine.reset(stream, http::http2_error::cancel);
    if (choice % 8 == 4) engine.consume(stream, engine.content(stream).size());
    if (choice % 8 == 5 || choice % 8 == 6) engine.release(stream);
}

/// An owner who may let go of any stream between any two pieces.
template <class Engine>
void own(Engine& engine, std::string_view bytes, std::size_t piece) {
    std::vector<std::uint32_t> streams;
    std::size_t choice = bytes.size();
    if constexpr (std::is_same_v<Engine, http::http2_client_engine>) streams = {1, 3};
    for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
        engine.receive(bytes.substr(at, piece), now);
        while (const auto got = engine.next()) {
            if (got->what == kind::head && std::is_same_v<Engine, http::http2_server_engine>)
                streams.push_back(got->stream);
        }
        choice = (choice * 31 + static_cast<unsigned char>(bytes[at])) % 65'521;
        if (!streams.empty()) {
            const auto chosen =
                streams.begin() + static_cast<std::ptrdiff_t>(choice / 8 % streams.size());
            const std::size_t before = engine.streams();
            treat(engine, *chosen, choice);
            if (engine.streams() < before) streams.erase(chosen);
        }
        if (choice % 3 == 0) engine.produce(choice % 5 == 0 ? 9 : 65'536);
        if (choice % 3 == 1) engine.output().clear();
    }
    engine.produce(65'536);
}

void own_both(std::string_view bytes, std::size_t piece) {
    http::http2_server_engine server;
    server.receive(preface, now);
    own(server, bytes, piece);
    http::http2_client_engine client;
    http::request_head head;
    head.fields.add("Host", "a");
    for (int i = 0; i < 2; ++i)
        (void)client.send(head, 0, "http");
    client.produce(65'536);
    client.receive(std::string_view("\0\0\0\4\0\0\0\0\0", 9), now);
    own(client, bytes, piece);
}

/// Reads it as it would come from a slow peer, and keeps nothing.
void pass(const std::string& bytes) {
    http::http2_server_engine engine;
    engine.receive(preface, now);
    for (std::size_t at = 0; at < bytes.size(); at += 64) {
        engine.receive(std::string_view(bytes).substr(at, 64), now);
        while (engine.next()) {
        }
        engine.produce(65536);
        engine.output().clear();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t piece = size % 13 + 1;
    require(hear_request(text, size + 1) == hear_request(text, piece));
    require(hear_response(text, size + 1) == hear_response(text, piece));
    own_both(text, piece);
    linear::require_linear(text, pass);
    return 0;
}
