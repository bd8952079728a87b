// SPDX-License-Identifier: MIT
#include "http/trailers.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

constexpr auto forbidden = std::to_array<std::string_view>({
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
});

}  // namespace

bool may_be_trailer(std::string_view name) noexcept {
    return std::ranges::none_of(forbidden,
                                [&](std::string_view each) { return same_name(each, name); });
}

void remove_forbidden(fields& trailers) {
    if (trailers.empty()) return;
    for (const std::string_view name : forbidden)
        trailers.remove(name);
}

}  // namespace zocalo::http::detail
