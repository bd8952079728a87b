// SPDX-License-Identifier: MIT
#include "http/proxy/target.hpp"

#include <optional>
#include <string_view>

#include "core/percent.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http::detail {

namespace {

/// The next character with its escape undone, as far as that matters here; what is neither a dot
/// nor parts segments is 'x'.
char take_plain(std::string_view& rest) noexcept {
    const std::optional<char> escaped = escape_at(rest, 0);
    const char c = escaped.value_or(rest[0]);
    rest.remove_prefix(escaped ? 3 : 1);
    if (c == '.') return '.';
    return c == '/' || c == '\\' ? '/' : 'x';
}

}  // namespace

bool has_dot_segment(std::string_view path) noexcept {
    std::size_t dots = 0;
    bool is_other = true;  // before the first slash
    for (std::string_view rest = path; !rest.empty();) {
        const char c = take_plain(rest);
        if (c == '/') {
            if (!is_other && (dots == 1 || dots == 2)) return true;
            dots = 0;
            is_other = false;
        } else if (c == '.') {
            ++dots;
        } else {
            is_other = true;
        }
    }
    return !is_other && (dots == 1 || dots == 2);
}

std::string strictly_escaped(std::string_view target) {
    std::string all;
    all.reserve(target.size());
    for (; !target.empty(); target.remove_prefix(1)) {
        const char c = target[0];
        const bool is_broken = c == '%' && !escape_at(target, 0);
        const bool is_refused =
            std::string_view("[]\\^`{|}\"<>#").find(c) != std::string_view::npos;
        if (is_broken || is_refused) {
            all += url::quote(std::string_view(&c, 1), {});
        } else {
            all += c;
        }
    }
    return all;
}

}  // namespace zocalo::http::detail
