// SPDX-License-Identifier: MIT
// What programs say before their content: only the declared error; whatever was read can be sent to
// a client as it is, and says nothing of its connection.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "require.hpp"
#include "zocalo/http/cgi_head.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace http = zocalo::http;

void check(http::cgi_head (*parse)(std::string_view), const std::string& text) {
    try {
        const http::cgi_head said = parse(text);
        require(!http::is_informational(said.head.status));
        for (const char* each : {"Connection", "Transfer-Encoding", "Content-Length", "Status"})
            require(!said.head.fields.contains(each));
        std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        http::server_engine engine;
        (void)engine.next(request);
        engine.send(said.head);
        require(engine.output().starts_with("HTTP/1.1 "));
        const http::cgi_head again = http::cgi_head::parse(said.to_text());
        require(again.head.status == said.head.status && again.size == said.size);
        require(again.head.fields == said.head.fields);
    } catch (const http::bad_message& error) {
        require(error.answer() == http::status::bad_gateway);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::optional<std::size_t> end = http::cgi_head::find_end(text);
    if (!end) return 0;
    require(*end <= size && text[*end - 1] == '\n');
    require(http::cgi_head::find_end(text.substr(0, *end - 1)) == std::nullopt);
    check(http::cgi_head::parse, text.substr(0, *end));
    check(http::cgi_head::parse_whole, text.substr(0, *end));
    return 0;
}
