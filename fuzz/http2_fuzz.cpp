// SPDX-License-Identifier: MIT
// Frames at both ends of HTTP/2: nothing is thrown, what is heard does not depend on how the bytes
// were split, and a request that is heard is one that HTTP/1.1 would take.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/http2_engine.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using kind = http::http2_event::kind;

constexpr io::time_point now{std::chrono::hours(1)};

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
        if (got->what == kind::end) all += engine.content(got->stream).text();
        if constexpr (std::is_same_v<Engine, http::http2_server_engine>) {
            if (got->what == kind::head) check(engine.request(got->stream));
        }
    }
    require(engine.streams() <= 200);
    engine.produce(65536);
    require(engine.output().size() <= 200'000);
    return all;
}

std::string hear_request(std::string_view bytes, std::size_t piece) {
    http::http2_server_engine engine;
    engine.receive(std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33), now);
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t piece = size % 13 + 1;
    require(hear_request(text, size + 1) == hear_request(text, piece));
    require(hear_response(text, size + 1) == hear_response(text, piece));
    return 0;
}
