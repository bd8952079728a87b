// SPDX-License-Identifier: MIT
// Requests, as a server hears them: only the declared error; the same whatever the split; what was
// heard can be asked again by a client, and is heard as the same; heads and contents are what a
// naive reading of the same bytes finds; linear time.
#include <cstdint>
#include <string>

#include "http_transcript.hpp"
#include "linear.hpp"
#include "require.hpp"

namespace {

namespace http = zocalo::http;

transcript::all hear(std::string_view bytes, std::size_t piece) {
    http::server_engine engine;
    transcript::listener hears(engine);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        hears.hear(bytes.substr(at, piece), false);
    hears.hear({}, true);
    return hears.heard();
}

/// What is asked again has the fields that say where it ends in the client's own words.
http::request_head head_of(const transcript::message& heard) {
    const std::string& line = heard.first;
    const std::size_t method = line.find(' ');
    http::request_head head{.method = http::method::parse(line.substr(0, method)),
                            .target = line.substr(method + 1, line.size() - method - 5),
                            .fields = heard.fields};
    if (line.ends_with("1.0")) head.version = http::version::http_1_0;
    head.fields.remove("Content-Length");
    head.fields.remove("Transfer-Encoding");
    return head;
}

void ask_again(const transcript::message& heard) {
    const http::request_head head = head_of(heard);
    http::client_engine client;
    client.send(head, heard.content.size());
    client.send_data(heard.content);
    client.send_end();
    const transcript::all again = hear(client.output(), client.output().size());
    require(!again.refused && again.messages.size() == 1);
    const transcript::message& message = again.messages[0];
    require(message.first == heard.first && message.content == heard.content);
    for (const http::field each : head.fields)
        require(message.fields.joined(each.name) == head.fields.joined(each.name));
}

/// Reads the first message again, with nothing but searches for line ends.
void read_naively(std::string_view bytes, const transcript::message& heard) {
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    const std::size_t head = bytes.find("\r\n\r\n");
    require(head != std::string_view::npos);
    std::string_view lines = bytes.substr(0, head + 2);
    lines.remove_prefix(lines.find("\r\n") + 2);
    for (const http::field each : heard.fields) {
        const std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(line.size() + 2);
        require(line.starts_with(each.name) && line[each.name.size()] == ':');
        const std::size_t value = line.find_first_not_of(" \t", each.name.size() + 1);
        require(each.value.empty() == (value == std::string_view::npos));
        if (!each.value.empty()) require(line.substr(value).starts_with(each.value));
    }
    require(lines.empty());
    std::string_view rest = bytes.substr(head + 4);
    if (!heard.fields.contains("Transfer-Encoding")) {
        require(rest.starts_with(heard.content));
        return;
    }
    std::string content;
    while (rest.find("\r\n") != std::string_view::npos && content.size() < heard.content.size()) {
        const auto size = std::stoull(std::string(rest.substr(0, rest.find("\r\n"))), nullptr, 16);
        rest.remove_prefix(rest.find("\r\n") + 2);
        content += rest.substr(0, size);
        rest = rest.substr(std::min<std::size_t>(rest.size(), size + 2));
    }
    require(content == heard.content);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const transcript::all whole = hear(bytes, size + 1);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 16U, 64U})
        require(hear(bytes, piece) == whole);
    if (!whole.messages.empty()) read_naively(bytes, whole.messages[0]);
    for (const transcript::message& each : whole.messages) {
        if (each.is_complete) ask_again(each);
    }
    linear::require_linear(bytes, [](const std::string& text) {
        http::server_engine engine;
        transcript::pass(engine, text);
    });
    return 0;
}
