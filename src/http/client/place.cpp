// SPDX-License-Identifier: MIT
#include "http/client/place.hpp"

#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http::detail {

namespace {

std::optional<login> login_of(const url::uri& url) {
    const auto info = url.user_info();
    if (!info) return std::nullopt;
    const std::size_t colon = info->find(':');
    login who{.user = url::unquote(info->substr(0, colon))};
    if (colon != std::string_view::npos) who.password = url::unquote(info->substr(colon + 1));
    return who;
}

}  // namespace

place place::of(url::uri url) {
    if (!url.has_scheme("http") && !url.has_scheme("https"))
        throw std::invalid_argument("URL " + quoted(url.to_string()) + ": is not for HTTP");
    std::optional<http::login> who = login_of(url);
    if (url.user_info()) url = url.without_user_info();
    if (url.fragment()) url = url.without_fragment();
    std::string target(url.path().empty() ? "/" : url.path());
    if (const auto query = url.query()) (target += '?') += *query;
    url::origin origin = url::origin::of(url);
    return {std::move(url), std::move(origin), std::move(target), std::move(who)};
}

std::string host_field(const url::origin& who) {
    std::string text = who.host().without_zone();
    if (who.port() != url::default_port(who.scheme())) (text += ':') += std::to_string(who.port());
    return text;
}

std::optional<url::uri> location_of(const url::uri& base, std::string_view location) {
    std::string text;
    for (const char c : location) {
        const bool is_known = c > ' ' && c < 0x7F &&
                              std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
        text += is_known ? std::string(1, c) : url::quote(std::string_view(&c, 1), {});
    }
    const auto reference = url::uri::try_parse(text);
    if (!reference) return std::nullopt;
    return base.join(*reference);
}

}  // namespace zocalo::http::detail
