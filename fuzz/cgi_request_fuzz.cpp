// SPDX-License-Identifier: MIT
// What a web server says to a CGI program, variables with NUL between them: only the declared
// error; what was read is one request of HTTP, which its strict reader reads as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "require.hpp"
#include "zocalo/http/cgi_program.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace http = zocalo::http;

std::vector<std::string> cut(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        all.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return all;
}

void check(const http::cgi_request& asked) {
    http::client_engine says;
    says.send(asked.head, asked.size);
    const std::string text = says.output();
    http::limits wide;
    wide.line = wide.head = wide.fields = 1U << 24U;
    http::server_engine hears(wide);
    const http::incoming got = hears.next(text);
    require(got.what == http::event::head && got.used == text.size());
    require(hears.request().method == asked.head.method);
    require(hears.request().target == asked.head.target);
    require(hears.announced().value_or(0) == asked.size);
    for (const http::field each : asked.head.fields)
        require(hears.request().fields.contains(each.name));
    require(hears.request().fields.count("Content-Length") <= 1);
    require(!hears.request().fields.contains("Transfer-Encoding"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> environment = cut(text);
    try {
        check(http::cgi_request::parse(environment));
    } catch (const http::bad_message&) {
        return 0;
    }
    return 0;
}
