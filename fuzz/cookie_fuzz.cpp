// SPDX-License-Identifier: MIT
// Cookies: nothing is thrown; what is taken is sent back to where it came from, in one line; what a
// server may print is read the same; files are read back.
#include <stdexcept>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;

const std::chrono::sys_seconds now{std::chrono::days(20000)};

void from_a_server(const std::string& text) {
    const auto said = http::set_cookie::try_parse(text);
    if (!said) return;
    try {
        auto again = http::set_cookie::try_parse(said->to_string());
        require(again && again->name == said->name && again->value == said->value);
        require(again->path == said->path && again->secure == said->secure);
    } catch (const std::invalid_argument&) {
        // Passed over: browsers take what no server should say.
    }
    auto by = http::cookie_target::of(zocalo::url::uri::parse("https://www.example.co.uk/a/b"));
    if (!said->path.empty()) by.path = said->path;
    http::cookie_jar jar;
    if (!jar.set(by, *said, now)) {
        require(jar.size() == 0);
        return;
    }
    const std::string sent = jar.get(by, now);
    require(http::is_field_value(sent));
    require(sent.empty() == (jar.size() == 0));
    for (const http::cookie& each : jar.all())
        require(each.domain == "www.example.co.uk" || each.domain == "example.co.uk");
    for (const std::string& file : {http::to_lwp(jar, now, {.with_session = true}),
                                    http::to_netscape(jar, now, {.with_session = true})}) {
        http::cookie_jar other;
        require(http::read_cookie_file(other, file, now) <= jar.size());
        if (text.find('\t') == std::string::npos) require(other.get(by, now) == sent);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    from_a_server(text);
    (void)http::parse_cookie_date(text);
    require(http::unquote_cookie(http::quote_cookie(text)) == text || text.starts_with('"'));
    require(http::unquote_cookie(text).size() <= text.size());
    for (const auto& [name, value] : http::read_cookies(text))
        require(name.size() + value.size() <= text.size());
    for (const std::string_view header : {"", "#LWP-Cookies-2.0\n", "# HTTP Cookie File\n",
                                          "a.example\tFALSE\t/\tFALSE\t0\ta\tb\n"}) {
        http::cookie_jar jar;
        try {
            http::read_cookie_file(jar, std::string(header) += text, now);
        } catch (const zocalo::protocol_error&) {
            require(jar.size() == 0);
        }
        for (const http::cookie& each : jar.all())
            require((each.name + each.value + each.path).find_first_of("\r\n;") == text.npos);
    }
    linear::require_linear(text, [](const std::string& all) {
        (void)http::set_cookie::try_parse(all);
        (void)http::parse_cookie_date(all);
        (void)http::read_cookies(all);
    });
    return 0;
}
