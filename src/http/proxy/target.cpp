// SPDX-License-Identifier: MIT
#include "http/proxy/target.hpp"

#include <cstdint>
#include <string_view>

#include "zocalo/core/number.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http::detail {

namespace {

bool begins_escape(std::string_view text) noexcept {
    return text.size() >= 3 && text[0] == '%' && from_digits<std::uint8_t>(text.substr(1, 2), 16);
}

/// The next character with its escape undone, as far as that matters here; what is neither a dot
/// nor parts segments is 'x'.
char take_plain(std::string_view& rest) noexcept {
    char c = rest[0];
    std::size_t used = 1;
    if (begins_escape(rest)) {
        const std::string_view digits = rest.substr(1, 2);
        used = 3;
        c = 'x';
        if (digits == "2e" || digits == "2E") c = '.';
        if (digits == "2f" || digits == "2F" || digits == "5c" || digits == "5C") c = '/';
    }
    rest.remove_prefix(used);
    return c == '\\' ? '/' : c;
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
        const bool is_broken = c == '%' && !begins_escape(target);
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
