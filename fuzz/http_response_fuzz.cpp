// SPDX-License-Identifier: MIT
// Responses, as a client hears them: only the declared error; the same whatever the split; content
// is what a naive reading of the same bytes finds; linear time; a server can send the same, and it
// is heard as the same. The first byte chooses what was asked.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http_transcript.hpp"
#include "linear.hpp"
#include "require.hpp"

namespace {

namespace http = zocalo::http;

http::request_head question(unsigned which) {
    const http::method methods[] = {http::method::get, http::method::head, http::method::connect,
                                    http::method::get};
    http::request_head head{.method = methods[which % 4], .fields = {{"Host", "a"}}};
    if (which % 4 == 2) head.target = "a:80";
    if (which % 4 == 3) head.fields.add("Upgrade", "echo");
    return head;
}

transcript::all hear(const http::request_head& asked, std::string_view bytes, std::size_t piece) {
    http::client_engine engine;
    engine.send(asked);
    engine.send_end();
    transcript::listener hears(engine);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        hears.hear(bytes.substr(at, piece), false);
    hears.hear({}, true);
    return hears.heard();
}

/// A server that is asked with GET sends the last response again.
void send_again(const transcript::message& heard) {
    const auto code = static_cast<std::uint16_t>(std::stoul(heard.first.substr(0, 3)));
    http::response_head head{.status = http::status{code},
                             .reason = heard.first.substr(4, heard.first.size() - 8),
                             .fields = heard.fields};
    if (is_bodiless(head.status) || !http::fields().add("X", head.reason).contains("X")) return;
    head.fields.remove("Content-Length");
    head.fields.remove("Transfer-Encoding");
    head.fields.remove("Host");  // says nothing here, and may be anything
    http::server_engine server;
    (void)server.next("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    try {
        server.send(head);
    } catch (const std::invalid_argument&) {
        return;  // spaces around the reason are heard, and not sent
    }
    server.send_data(heard.content);
    server.send_end(heard.trailers);
    const transcript::all again = hear(question(0), server.output(), server.output().size());
    require(!again.refused && again.messages.size() == 1);
    require(again.messages[0].content == heard.content);
    require(again.messages[0].trailers == heard.trailers);
}

/// What is in chunks, with nothing but searches for line ends: as much as came.
std::string without_chunks(std::string_view rest) {
    std::string content;
    for (;;) {
        const std::size_t end = rest.find("\r\n");
        if (end == std::string_view::npos) return content;
        const auto size = std::strtoull(std::string(rest.substr(0, end)).c_str(), nullptr, 16);
        rest.remove_prefix(end + 2);
        content += rest.substr(0, size);
        if (size == 0 || rest.size() < size + 2) return content;
        rest.remove_prefix(size + 2);
    }
}

/// Whether nothing follows the head, whatever it says (RFC 9112 §6.3, 1 and 2).
bool has_no_content(const transcript::message& heard, unsigned which) {
    const bool is_head = which == 1;
    const bool is_tunnel = which == 2 && heard.first[0] == '2';
    return is_head || is_tunnel || heard.first[0] == '1' || heard.first.starts_with("204") ||
           heard.first.starts_with("304");
}

/// Reads the last message again: behind as many heads as were heard, its content is a number of
/// bytes, chunks, or all the rest (RFC 9112 §6.3, 4 to 8). What was refused was heard in part.
void read_naively(std::string_view bytes, const transcript::message& heard, unsigned which,
                  std::size_t heads) {
    for (; heads != 0; --heads) {
        while (bytes.starts_with("\r\n"))
            bytes.remove_prefix(2);
        const std::size_t head = bytes.find("\r\n\r\n");
        require(head != std::string_view::npos);
        bytes.remove_prefix(head + 4);
    }
    std::string content;
    if (!has_no_content(heard, which)) {
        const std::string_view length = heard.fields.get("Content-Length");
        if (heard.fields.contains("Transfer-Encoding")) {
            content = without_chunks(bytes);
        } else {
            content =
                bytes.substr(0, length.empty() ? bytes.size() : std::stoull(std::string(length)));
        }
    }
    require(heard.is_complete ? content == heard.content
                              : std::string_view(content).starts_with(heard.content));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const http::request_head asked = question(data[0]);
    const transcript::all whole = hear(asked, bytes, size);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 16U, 64U})
        require(hear(asked, bytes, piece) == whole);
    linear::require_linear(bytes, [&](const std::string& text) {
        http::client_engine engine;
        engine.send(asked);
        engine.send_end();
        transcript::pass(engine, text);
    });
    if (whole.messages.empty()) return 0;
    const transcript::message& last = whole.messages.back();
    read_naively(bytes, last, data[0] % 4, whole.messages.size());
    if (last.is_complete && data[0] % 4 == 0) send_again(last);
    return 0;
}
