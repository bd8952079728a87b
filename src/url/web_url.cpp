// SPDX-License-Identifier: MIT
#include "zocalo/url/web_url.hpp"

#include <ostream>
#include <stdexcept>

#include "url/escape_sequence.hpp"
#include "url/uri_parser.hpp"
#include "url/web_host.hpp"
#include "url/web_parser.hpp"

namespace zocalo::url {

namespace {

/// Without controls and spaces at its ends, and without tabs and line ends.
std::string cleaned(std::string_view text) {
    constexpr byte_set around = byte_set::range(0, 0x20);
    while (!text.empty() && around.has(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && around.has(text.back()))
        text.remove_suffix(1);
    std::string clean(text);
    std::erase_if(clean, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return clean;
}

/// With escapes for whatever is not in `allowed`, and for a % that begins none.
std::string allowed_only(std::string_view text, const byte_set& allowed) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (allowed.has(text[i]) || escape_at(text, i)) {
            made += text[i];
        } else {
            append_escape(made, text[i]);
        }
    }
    return made;
}

/// What IDNA 2008 has against the host; empty when that is not what is wrong.
std::string why_no_host(std::string_view text, const web_url* base) {
    if (text.size() > uri::longest) return "";
    const std::string clean = cleaned(text);
    web_parser work(clean, base);
    if (work.parse() || work.wrong_host().empty()) return "";
    const std::string why = why_idna_refuses(work.wrong_host());
    return why.empty() ? why : why + " (IDNA 2008)";
}

}  // namespace

std::optional<web_url> web_url::try_parse(std::string_view text, const web_url* base) {
    if (text.size() > uri::longest) return std::nullopt;
    const std::string clean = cleaned(text);
    web_parser work(clean, base);
    return work.parse() ? std::optional(std::move(work).result()) : std::nullopt;
}

web_url web_url::parse(std::string_view text, const web_url* base) {
    if (auto parsed = try_parse(text, base)) return *std::move(parsed);
    std::string why = why_no_host(text, base);
    if (why.empty()) why = "browsers make nothing of it";
    throw std::invalid_argument("URL " + shown_without_user_info(text) + ": " + why);
}

std::string web_url::to_string_with_user_info() const {
    std::string text = scheme + ':';
    if (host) {
        text += "//";
        text += user_name;
        if (!password.empty()) (text += ':') += password;
        if (!user_name.empty() || !password.empty()) text += '@';
        text += *host;
        if (port) (text += ':') += std::to_string(*port);
    } else if (!has_opaque_path && path.starts_with("//")) {
        text += "/.";
    }
    text += path;
    if (query) (text += '?') += *query;
    if (fragment) (text += '#') += *fragment;
    return text;
}

std::string web_url::to_string() const {
    web_url shown = *this;
    shown.user_name.clear();
    shown.password.clear();
    return shown.to_string_with_user_info();
}

uri web_url::to_uri() const {
    constexpr byte_set in_names = unreserved | sub_delims;
    constexpr byte_set in_paths = in_names | byte_set(":@/");
    constexpr byte_set in_queries = in_paths | byte_set("?");
    uri_parts parts{.scheme = scheme, .port = port};
    parts.path = allowed_only(path, in_paths);
    if (!password.empty()) {
        parts.user_info = allowed_only(user_name + ':' + password, in_names | byte_set(":"));
    } else if (!user_name.empty()) {
        parts.user_info = allowed_only(user_name, in_names);
    }
    if (host) parts.host = host->starts_with('[') ? *host : allowed_only(*host, in_names);
    if (!host && parts.path.starts_with("//")) parts.path.insert(0, "/.");
    if (query) parts.query = allowed_only(*query, in_queries);
    if (fragment) parts.fragment = allowed_only(*fragment, in_queries);
    return uri::from(parts);
}

std::ostream& operator<<(std::ostream& out, const web_url& value) {
    return out << value.to_string();
}

}  // namespace zocalo::url
