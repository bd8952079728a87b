// SPDX-License-Identifier: MIT
// Responses, as a client hears them: only the declared error; the same whatever the split; content
// that is complete was said to be; a server can send the same, and it is heard as the same. The
// first byte chooses what was asked.
#include <cstdint>
#include <string>

#include "http_transcript.hpp"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const http::request_head asked = question(data[0]);
    const transcript::all whole = hear(asked, bytes, size);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 16U, 64U})
        require(hear(asked, bytes, piece) == whole);
    if (whole.messages.empty() || !whole.messages.back().is_complete) return 0;
    const transcript::message& last = whole.messages.back();
    const std::string_view length = last.fields.get("Content-Length");
    if (!length.empty() && data[0] % 4 != 1 && last.first[0] == '2' &&
        !last.first.starts_with("204"))
        require(std::stoull(std::string(length)) == last.content.size());
    if (data[0] % 4 == 0) send_again(last);
    return 0;
}
