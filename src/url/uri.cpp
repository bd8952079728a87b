// SPDX-License-Identifier: MIT
#include "zocalo/url/uri.hpp"

#include <array>
#include <ostream>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "core/ascii.hpp"
#include "url/escape_sequence.hpp"
#include "url/uri_parser.hpp"

namespace zocalo::url {

namespace {

/// RFC 3986 §5.3.
std::string compose(const uri_parts& parts) {
    std::string text = parts.scheme;
    if (!parts.scheme.empty()) text += ':';
    if (parts.host) {
        text += "//";
        if (parts.user_info) (text += *parts.user_info) += '@';
        text += *parts.host;
        if (parts.port) (text += ':') += std::to_string(*parts.port);
    }
    text += parts.path;
    if (parts.query) (text += '?') += *parts.query;
    if (parts.fragment) (text += '#') += *parts.fragment;
    return text;
}

/// Whether parsing has found the same parts again.
bool same(const uri_parts& a, const uri_parts& b) {
    const auto all = [](const uri_parts& of) {
        return std::tie(of.scheme, of.user_info, of.host, of.port, of.path, of.query, of.fragment);
    };
    return all(a) == all(b);
}

std::optional<std::string> owned(std::optional<std::string_view> view) {
    return view ? std::optional<std::string>(*view) : std::nullopt;
}

}  // namespace

uri uri::parse(std::string_view text) {
    parser work(text);
    if (work.parse()) return work.parsed();
    throw std::invalid_argument("URL " + shown_without_user_info(text) + ": " + work.what());
}

std::optional<uri> uri::try_parse(std::string_view text) {
    parser work(text);
    return work.parse() ? std::optional(work.parsed()) : std::nullopt;
}

uri uri::from(const uri_parts& parts) {
    const bool lost = parts.user_info && !parts.host;
    const std::string text = compose(parts);
    uri made = parse(text);
    if (!lost && same(made.parts(), parts)) return made;
    throw std::invalid_argument("URL " + shown_without_user_info(text) +
                                ": its parts would be read as others");
}

uri_parts uri::parts() const {
    uri_parts parts;
    parts.scheme = scheme();
    parts.user_info = owned(user_info());
    if (has_authority_) parts.host = host();
    parts.port = port_;
    parts.path = path();
    parts.query = owned(query());
    parts.fragment = owned(fragment());
    return parts;
}

bool uri::has_scheme(std::string_view lower_case) const noexcept {
    const auto written = scheme();
    if (written.size() != lower_case.size()) return false;
    for (std::size_t i = 0; i < written.size(); ++i) {
        if (lower(written[i]) != lower_case[i]) return false;
    }
    return true;
}

std::optional<std::string_view> uri::user_info() const noexcept {
    if (user_end_ == 0) return std::nullopt;
    const std::size_t begin = is_relative() ? 2 : scheme_end_ + 3;
    return view(begin, user_end_);
}

std::optional<std::string_view> uri::query() const noexcept {
    if (query_end_ == path_end_) return std::nullopt;
    return view(path_end_ + 1, query_end_);
}

std::optional<std::string_view> uri::fragment() const noexcept {
    if (query_end_ == text_.size()) return std::nullopt;
    return view(query_end_ + 1, text_.size());
}

uri uri::without_fragment() const {
    return fragment() ? parse(view(0, query_end_)) : *this;
}

uri uri::without_user_info() const {
    return user_info() ? parse(to_string()) : *this;
}

std::string uri::to_string() const {
    const auto user = user_info();
    if (!user) return text_;
    std::string shown = text_;
    return shown.erase(user_end_ - user->size(), user->size() + 1);
}

std::ostream& operator<<(std::ostream& out, const uri& value) {
    return out << value.to_string();
}

std::optional<std::uint16_t> default_port(std::string_view scheme) noexcept {
    // IANA's registry of services, where the scheme's own document does not say it. Gopher over TLS
    // has no document; those who speak it use the port of Gopher.
    static constexpr std::array<std::pair<std::string_view, std::uint16_t>, 23> ports{{
        {"ftp", 21},    {"ftps", 990},   {"gopher", 70}, {"gophers", 70}, {"http", 80},
        {"https", 443}, {"imap", 143},   {"imaps", 993}, {"ldap", 389},   {"ldaps", 636},
        {"news", 119},  {"nntp", 119},   {"nntps", 563}, {"pop", 110},    {"pop3", 110},
        {"pop3s", 995}, {"redis", 6379}, {"smtp", 25},   {"smtps", 465},  {"snews", 563},
        {"telnet", 23}, {"ws", 80},      {"wss", 443},
    }};
    for (const auto& [name, port] : ports) {
        if (name == scheme) return port;
    }
    return std::nullopt;
}

}  // namespace zocalo::url
