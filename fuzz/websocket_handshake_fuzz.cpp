// SPDX-License-Identifier: MIT
// Handshakes of WebSocket: any request is judged, any response is read or refused with the declared
// error; what is agreed lies within what was wished for; who may connect, and which subprotocol is
// spoken, is what a naive reader finds; what a server agrees to, its client understands; linear
// time. A byte each for what server and client wish for, then a line each for four fields.
#include "zocalo/ws/handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace url = zocalo::url;
namespace ws = zocalo::ws;

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";

/// Nothing for one byte of eight.
std::optional<ws::deflate_options> options_of(std::uint8_t byte) {
    ws::deflate_options made;
    if (byte % 8 == 7) return std::nullopt;
    made.own_context = byte % 2 == 0;
    made.peer_context = byte / 2 % 2 == 0;
    made.own_window = 9 + byte / 8 % 7;
    made.peer_window = 9 + byte / 32 % 7;
    return made;
}

http::request_head request() {
    http::request_head asked;
    asked.method = http::method::get;
    asked.version = http::version::http_1_1;
    return asked;
}

void add(http::fields& to, std::string_view name, const std::string& value) {
    if (!value.empty() && http::is_field_value(value)) to.add(name, value);
}

void check(const ws::deflate_agreement& agreed, const ws::deflate_options& wish) {
    // Eight is the least that a peer may ask for; nothing is compressed then.
    require(agreed.own_window >= 8 && agreed.own_window <= wish.own_window);
    require(agreed.peer_window >= 8 && agreed.peer_window <= 15);
    require(!agreed.own_context || wish.own_context);
    require(!agreed.peer_context || wish.peer_context);
}

/// The oracle: the server's first subprotocol that stands between commas.
std::string naive_subprotocol(const std::string& list, const std::vector<std::string>& spoken) {
    std::vector<std::string> all;
    std::istringstream parts(list);
    for (std::string part; std::getline(parts, part, ',');) {
        const std::size_t begin = part.find_first_not_of(" \t");
        if (begin == std::string::npos) continue;
        all.push_back(part.substr(begin, part.find_last_not_of(" \t") + 1 - begin));
    }
    for (const std::string& each : spoken) {
        if (std::ranges::find(all, each) != all.end()) return each;
    }
    return {};
}

std::string lower(std::string text) {
    for (char& each : text) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    }
    return text;
}

/// The oracle for pages: what is spelt as those that may connect may.
bool is_known_page(const std::string& origin) {
    const std::string plain = lower(origin);
    return plain == "https://own.example" || plain == "http://other.example:8080";
}

/// And of those who were let in, the scheme, the host and the port are those.
void check_page(std::string_view origin) {
    const url::origin page = url::origin::of(url::uri::parse(origin));
    require(page.to_string() == page.scheme() + "://own.example" ||
            page.to_string() == "http://other.example:8080");
}

ws::verdict judged(const http::request_head& asked, const ws::terms& by) {
    ws::verdict said = ws::judge(asked, "own.example", by);
    require(said.is_agreed() == said.why.empty());
    if (!said.is_agreed()) return said;
    require(said.agreed.role == ws::role::server);
    require(said.agreed.deflate.has_value() == said.fields.contains("Sec-WebSocket-Extensions"));
    if (said.agreed.deflate) check(*said.agreed.deflate, *by.deflate);
    return said;
}

/// What a foreign client asks for.
void ask(const std::array<std::string, 4>& line, const ws::terms& by) {
    http::request_head asked = request();
    asked.fields.set("Connection", "keep-alive, Upgrade");
    asked.fields.set("Upgrade", "WebSocket");
    asked.fields.set("Sec-WebSocket-Version", "13");
    asked.fields.set("Sec-WebSocket-Key", key);
    if (http::is_field_value(line[3]) && !line[3].empty())
        asked.fields.set("Sec-WebSocket-Key", line[3]);
    add(asked.fields, "Sec-WebSocket-Extensions", line[0]);
    add(asked.fields, "Sec-WebSocket-Protocol", line[1]);
    add(asked.fields, "Origin", line[2]);
    const ws::verdict said = judged(asked, by);
    if (!asked.fields.contains("Origin") || is_known_page(std::string(asked.fields.get("Origin"))))
        require(said.status != http::status::forbidden);
    if (!said.is_agreed()) return;
    if (asked.fields.contains("Origin")) check_page(asked.fields.get("Origin"));
    const std::string list = asked.fields.joined("Sec-WebSocket-Protocol");
    require(said.agreed.subprotocol == naive_subprotocol(list, by.subprotocols));
    const auto own_key = asked.fields.get("Sec-WebSocket-Key");
    require(said.fields.get("Sec-WebSocket-Accept") == ws::accept_key(own_key));
}

/// What a foreign server answers.
void answer(const std::array<std::string, 4>& line, const ws::wishes& what) {
    http::fields response;
    add(response, "Sec-WebSocket-Extensions", line[0]);
    add(response, "Sec-WebSocket-Protocol", line[1]);
    try {
        const ws::agreement agreed = ws::read_response(response, what);
        require(agreed.role == ws::role::client);
        require(agreed.subprotocol == response.joined("Sec-WebSocket-Protocol"));
        if (!agreed.deflate) return;
        require(what.deflate.has_value());
        check(*agreed.deflate, *what.deflate);
        require(agreed.deflate->peer_window <= what.deflate->peer_window);
    } catch (const ws::bad_message& wrong) {
        require(ws::may_be_sent(wrong.answer()));
    }
}

/// Both ends are ours: they agree, and on the same.
void agree(const ws::terms& by, const ws::wishes& what) {
    http::request_head asked = request();
    ws::add_request_fields(asked.fields, key, what);
    const ws::verdict said = judged(asked, by);
    require(said.status == http::status::switching_protocols);
    const ws::agreement agreed = ws::read_response(said.fields, key, what);
    require(agreed.subprotocol == said.agreed.subprotocol);
    require(agreed.deflate.has_value() == said.agreed.deflate.has_value());
    require(agreed.deflate.has_value() == (by.deflate && what.deflate));
    if (!agreed.deflate) return;
    require(agreed.deflate->own_window == said.agreed.deflate->peer_window);
    require(agreed.deflate->peer_window == said.agreed.deflate->own_window);
    require(agreed.deflate->own_context == said.agreed.deflate->peer_context);
    require(agreed.deflate->peer_context == said.agreed.deflate->own_context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const ws::terms by{.subprotocols = {"chat", "soap"},
                       .origins = {"http://other.example:8080"},
                       .deflate = options_of(data[0])};
    const ws::wishes what{.subprotocols = {"soap", "mqtt"}, .deflate = options_of(data[1])};
    const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::istringstream lines(text);
    std::array<std::string, 4> line;
    for (std::string& each : line)
        std::getline(lines, each);
    agree(by, what);
    ask(line, by);
    answer(line, what);
    linear::require_linear(text, [&](const std::string& all) {
        ask({all, all, all, {}}, by);
        answer({all, all, {}, {}}, what);
    });
    return 0;
}
