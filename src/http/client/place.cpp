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

place place::of(const url::uri& url) {
    if (!url.has_scheme("http") && !url.has_scheme("https"))
        throw std::invalid_argument("URL " + quoted(url.to_string()) + ": is not for HTTP");
    const url::uri shown = url.without_user_info().without_fragment();
    std::string target(shown.path().empty() ? "/" : shown.path());
    if (const auto query = shown.query()) (target += '?') += *query;
    return {shown, url::origin::of(shown), std::move(target), login_of(url)};
}

std::string place::host_field() const {
    return origin.to_string().substr(origin.scheme().size() + 3);
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
