// SPDX-License-Identifier: MIT
// One pass from left to right finds the delimiters, as in RFC 3986, appendix B; what lies between
// them is then held against the rules of appendix A.
#include "url/uri_parser.hpp"

#include <algorithm>

#include "url/escape_sequence.hpp"
#include "url/zoned_address.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::url {

namespace {

constexpr byte_set user_bytes = unreserved | sub_delims | byte_set(":");
constexpr byte_set name_bytes = unreserved | sub_delims;
constexpr byte_set path_bytes = unreserved | sub_delims | byte_set(":@/");
constexpr byte_set query_bytes = path_bytes | byte_set("?");

// What parts end with.
constexpr byte_set behind_authority("/?#");
constexpr byte_set behind_path("?#");
constexpr byte_set hash("#");
constexpr byte_set at_sign("@");
constexpr byte_set bracket_end("]");
constexpr byte_set colon_only(":");

/// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
bool is_future_address(std::string_view text) noexcept {
    if (!text.starts_with('v') && !text.starts_with('V')) return false;
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    return hex_digits.has_all(text.substr(1, dot - 1)) && user_bytes.has_all(text.substr(dot + 1));
}

/// What stands between brackets: an address, of this link with its zone, too (RFC 6874).
bool is_literal(std::string_view text) {
    return is_future_address(text) || try_parse_zoned(text);
}

}  // namespace

std::uint32_t uri::parser::find(const byte_set& any_of, std::uint32_t from,
                                std::uint32_t end) const noexcept {
    while (from < end && !any_of.has(text_[from]))
        ++from;
    return std::min(from, end);
}

bool uri::parser::parse() {
    if (text_.size() > longest) return refuse("is longer than 1 MiB");
    const auto size = static_cast<std::uint32_t>(text_.size());
    parsed_.text_ = text_;
    read_scheme();
    auto at = parsed_.scheme_end_ == 0 ? 0 : parsed_.scheme_end_ + 1;
    parsed_.host_begin_ = parsed_.host_end_ = at;
    if (text_.substr(at).starts_with("//")) {
        const auto end = find(behind_authority, at + 2, size);
        if (!read_authority(at + 2, end)) return false;
        at = end;
    }
    parsed_.path_begin_ = at;
    parsed_.path_end_ = find(behind_path, at, size);
    parsed_.query_end_ = find(hash, parsed_.path_end_, size);
    if (!check_path()) return false;
    // query = fragment = *( pchar / "/" / "?" )
    const auto query = parsed_.query();
    if (query && !is_made_of(*query, query_bytes)) return refuse("a byte that no query may have");
    const auto fragment = parsed_.fragment();
    if (fragment && !is_made_of(*fragment, query_bytes)) {
        return refuse("a byte that no fragment may have");
    }
    return true;
}

/// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
void uri::parser::read_scheme() noexcept {
    const auto colon = text_.find_first_of(":/?#");
    if (colon == std::string_view::npos || text_[colon] != ':' || colon == 0) return;
    if (!alpha.has(text_[0]) || !scheme_bytes.has_all(text_.substr(0, colon))) return;
    parsed_.scheme_end_ = static_cast<std::uint32_t>(colon);
}

/// authority = [ userinfo "@" ] host [ ":" port ]
bool uri::parser::read_authority(std::uint32_t begin, std::uint32_t end) {
    parsed_.has_authority_ = true;
    parsed_.host_begin_ = begin;
    const auto at = find(at_sign, begin, end);
    if (at != end) {
        if (!is_made_of(view(begin, at), user_bytes)) return refuse("a wrong byte in user info");
        parsed_.user_end_ = at;
        parsed_.host_begin_ = at + 1;
    }
    return read_host(parsed_.host_begin_, end);
}

/// host = "[" ( IPv6address / IPv6addrz / IPvFuture ) "]" / *( unreserved / pct-encoded /
/// sub-delims )
bool uri::parser::read_host(std::uint32_t begin, std::uint32_t end) {
    if (view(begin, end).starts_with('[')) {
        const auto bracket = find(bracket_end, begin, end);
        if (bracket == end) return refuse("no ] behind the address");
        if (!is_literal(view(begin + 1, bracket))) return refuse("no IPv6 address in the brackets");
        parsed_.host_end_ = bracket + 1;
    } else {
        parsed_.host_end_ = find(colon_only, begin, end);
        if (!is_made_of(view(begin, parsed_.host_end_), name_bytes)) {
            return refuse("a byte that no host may have");
        }
    }
    return read_port(parsed_.host_end_, end);
}

/// port = *DIGIT; beyond that it has to be one that there is.
bool uri::parser::read_port(std::uint32_t begin, std::uint32_t end) {
    const auto text = view(begin, end);
    if (text.empty() || text == ":") return true;
    if (text[0] == ':') parsed_.port_ = from_digits<std::uint16_t>(text.substr(1));
    return parsed_.port_ ? true : refuse("the port is not within 0 to 65535");
}

/// A relative path has no colon in its first segment: that would be a scheme.
bool uri::parser::check_path() {
    const auto path = parsed_.path();
    if (!is_made_of(path, path_bytes)) return refuse("a byte that no path may have");
    if (!parsed_.is_relative() || parsed_.has_authority_) return true;
    if (path.substr(0, path.find('/')).find(':') == std::string_view::npos) return true;
    return refuse("no scheme before the first colon");
}

/// Up to the last @ it may be a secret, wherever somebody takes the authority's end to be; behind
/// slashes or a scheme, for who it is matters.
std::string shown_without_user_info(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return quoted(text);
    const auto slashes = text.substr(0, at).find("//");
    const auto kept = slashes == std::string_view::npos ? 0 : slashes + 2;
    std::string masked(text.substr(0, kept));
    masked += "...";
    masked += text.substr(at);
    return quoted(masked);
}

}  // namespace zocalo::url
