// SPDX-License-Identifier: MIT
// The standard is a machine of twenty states that goes through the text letter by letter. This is
// the same machine, with what happens between two delimiters taken in one step; the names of the
// states stand at the functions that do their work.
#include "url/web_parser.hpp"
#include "core/ascii.hpp"

#include <array>
#include <utility>

#include "url/escape_sequence.hpp"
#include "url/web_host.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::url {

namespace {

// §1.3: what is escaped where. Bytes beyond ASCII are escaped everywhere.
constexpr byte_set c0_control = byte_set::range(0, 0x1F) | byte_set::range(0x7F, 0xFF);
constexpr byte_set fragment_set = c0_control | byte_set(" \"<>`");
constexpr byte_set query_set = c0_control | byte_set(" \"#<>");
constexpr byte_set special_query_set = query_set | byte_set("'");
constexpr byte_set path_set = query_set | byte_set("?^`{}");
constexpr byte_set user_info_set = path_set | byte_set("/:;=@[\\]|");

std::string escaped_for(std::string_view text, const byte_set& set) {
    std::string escaped;
    append_escaped(escaped, text, ~set);
    return escaped;
}

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 6> special_schemes{
    {{"ftp", 21}, {"file", 0}, {"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};

const std::pair<std::string_view, std::uint16_t>* special_scheme(std::string_view name) noexcept {
    for (const auto& each : special_schemes) {
        if (each.first == name) return &each;
    }
    return nullptr;
}

// `C:` and `C|`, which Windows' drives have left in the standard.
bool is_drive_letter(std::string_view text) noexcept {
    return text.size() == 2 && alpha.has(text[0]) && (text[1] == ':' || text[1] == '|');
}
bool is_normalised_drive_letter(std::string_view text) noexcept {
    return is_drive_letter(text) && text[1] == ':';
}
bool starts_with_drive_letter(std::string_view text) noexcept {
    if (!is_drive_letter(text.substr(0, 2))) return false;
    return text.size() == 2 || byte_set("/\\?#").has(text[2]);
}

/// `.` and `..`, of which each dot may be an escape.
bool is_dots(std::string_view segment, std::size_t count) noexcept {
    for (; count > 0; --count) {
        if (segment.starts_with('.')) {
            segment.remove_prefix(1);
        } else if (segment.starts_with("%2e") || segment.starts_with("%2E")) {
            segment.remove_prefix(3);
        } else {
            return false;
        }
    }
    return segment.empty();
}

}  // namespace

bool web_url::is_special() const noexcept {
    return special_scheme(scheme) != nullptr;
}

web_parser::web_parser(std::string_view text, const web_url* base) : rest_(text), base_(base) {}

web_url web_parser::result() && {
    for (const std::string& segment : path_)
        (url_.path += '/') += segment;
    return std::move(url_);
}

void web_parser::skip_slashes() noexcept {
    while (at_slash())
        rest_.remove_prefix(1);
}

std::string_view web_parser::take_until(std::string_view ends) noexcept {
    const auto text = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(text.size());
    return text;
}

/// Scheme start, scheme, special relative or authority, special authority slashes, path or
/// authority.
bool web_parser::parse() {
    if (!take_scheme()) return without_scheme();
    if (url_.scheme == "file") return file();
    if (special_) {
        const bool like_base = base_ != nullptr && base_->scheme == url_.scheme;
        if (like_base && !rest_.starts_with("//")) return relative();
        skip_slashes();
        return authority();
    }
    if (rest_.starts_with("//")) {
        rest_.remove_prefix(2);
        return authority();
    }
    if (at_slash()) return path_start();
    opaque_path();
    return query_and_fragment();
}

bool web_parser::take_scheme() {
    const auto colon = rest_.find(':');
    if (colon == std::string_view::npos || colon == 0 || !alpha.has(rest_[0])) return false;
    const auto name = rest_.substr(0, colon);
    if (!scheme_bytes.has_all(name)) return false;
    url_.scheme = lower(name);
    special_ = url_.is_special();
    rest_.remove_prefix(colon + 1);
    return true;
}

/// No scheme.
bool web_parser::without_scheme() {
    if (base_ == nullptr) return false;
    url_.scheme = base_->scheme;
    special_ = url_.is_special();
    if (base_->has_opaque_path) {
        if (!rest_.starts_with('#')) return false;
        url_ = *base_;
        return query_and_fragment();
    }
    return url_.scheme == "file" ? file() : relative();
}

void web_parser::like_base() {
    url_.user_name = base_->user_name;
    url_.password = base_->password;
    url_.host = base_->host;
    url_.port = base_->port;
    for (std::string_view rest = base_->path; !rest.empty();) {
        rest.remove_prefix(1);
        path_.emplace_back(rest.substr(0, rest.find('/')));
        rest.remove_prefix(path_.back().size());
    }
    url_.query = base_->query;
}

/// Relative.
bool web_parser::relative() {
    if (at_slash()) {
        rest_.remove_prefix(1);
        return after_relative_slash();
    }
    like_base();
    if (rest_.empty() || rest_[0] == '?' || rest_[0] == '#') return query_and_fragment();
    shorten();
    return path();
}

/// Relative slash.
bool web_parser::after_relative_slash() {
    if (at_slash()) {
        rest_.remove_prefix(1);
        if (special_) skip_slashes();
        return authority();
    }
    like_base();
    path_.clear();
    return path();
}

/// File, file slash.
bool web_parser::file() {
    url_.host = "";
    const bool has_base = base_ != nullptr && base_->scheme == "file";
    if (at_slash()) {
        rest_.remove_prefix(1);
        if (at_slash()) return file_host();
        if (!has_base) return path();
        like_base();
        const bool keeps_drive = !starts_with_drive_letter(rest_) && !path_.empty() &&
                                 is_normalised_drive_letter(path_.front());
        path_.resize(keeps_drive ? 1 : 0);
        return path();
    }
    if (!has_base) return path();
    like_base();
    if (rest_.empty() || rest_[0] == '?' || rest_[0] == '#') return query_and_fragment();
    if (starts_with_drive_letter(rest_)) {
        path_.clear();
    } else {
        shorten();
    }
    return path();
}

/// File host: `file://C:/` has none.
bool web_parser::file_host() {
    rest_.remove_prefix(1);
    const auto all = rest_;
    const auto name = take_until("/\\?#");
    if (is_drive_letter(name)) {
        rest_ = all;
        return path();
    }
    if (!name.empty()) {
        if (!host(name, true)) return false;
        if (url_.host == "localhost") url_.host = "";
    }
    return path_start();
}

/// Authority.
bool web_parser::authority() {
    const auto text = take_until(special_ ? "/?#\\" : "/?#");
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return host_and_port(text);
    credentials(text.substr(0, at));
    return at + 1 < text.size() && host_and_port(text.substr(at + 1));
}

void web_parser::credentials(std::string_view text) {
    const auto colon = text.find(':');
    url_.user_name = escaped_for(text.substr(0, colon), user_info_set);
    if (colon != std::string_view::npos) {
        url_.password = escaped_for(text.substr(colon + 1), user_info_set);
    }
}

/// Host: up to a colon that is not within brackets.
bool web_parser::host_and_port(std::string_view text) {
    std::size_t end = 0;
    for (bool in_brackets = false; end < text.size(); ++end) {
        if (text[end] == ':' && !in_brackets) break;
        if (text[end] == '[') in_brackets = true;
        if (text[end] == ']') in_brackets = false;
    }
    const bool has_colon = end < text.size();
    if (end == 0 && (special_ || has_colon)) return false;
    if (!host(text.substr(0, end), special_)) return false;
    if (has_colon && !port(text.substr(end + 1))) return false;
    return path_start();
}

bool web_parser::host(std::string_view text, bool is_special) {
    url_.host = parse_web_host(text, is_special);
    if (!url_.host && is_special) wrong_host_ = text;
    return url_.host.has_value();
}

/// Port.
bool web_parser::port(std::string_view text) {
    if (text.empty()) return true;
    const auto number = from_digits<std::uint16_t>(text);
    if (!number) return false;
    const auto* special = special_scheme(url_.scheme);
    if (special == nullptr || special->second != *number) url_.port = number;
    return true;
}

/// Path start: those of special schemes always have a segment.
bool web_parser::path_start() {
    if (!special_ && !at_slash()) return query_and_fragment();
    if (at_slash()) rest_.remove_prefix(1);
    return path();
}

/// Path, from behind its slash.
bool web_parser::path() {
    url_.query.reset();
    std::string_view text = take_until("?#");
    for (;;) {
        const auto slash = text.find_first_of(special_ ? "/\\" : "/");
        const bool is_last = slash == std::string_view::npos;
        add_segment(text.substr(0, slash), is_last);
        if (is_last) return query_and_fragment();
        text.remove_prefix(slash + 1);
    }
}

void web_parser::add_segment(std::string_view text, bool is_last) {
    const bool is_up = is_dots(text, 2);
    if (is_up) shorten();
    if (is_up || is_dots(text, 1)) {
        if (is_last) path_.emplace_back();
        return;
    }
    path_.push_back(escaped_for(text, path_set));
    const bool is_drive = url_.scheme == "file" && path_.size() == 1 && is_drive_letter(text);
    if (is_drive) path_.back()[1] = ':';
}

/// "Shorten a URL's path": a drive stays.
void web_parser::shorten() {
    const bool is_drive =
        url_.scheme == "file" && path_.size() == 1 && is_normalised_drive_letter(path_.front());
    if (!is_drive && !path_.empty()) path_.pop_back();
}

/// Opaque path.
void web_parser::opaque_path() {
    url_.has_opaque_path = true;
    url_.path = escaped_for(take_until("?#"), c0_control);
}

/// Query, fragment.
bool web_parser::query_and_fragment() {
    if (rest_.starts_with('?')) {
        rest_.remove_prefix(1);
        url_.query = escaped_for(take_until("#"), special_ ? special_query_set : query_set);
    }
    if (rest_.starts_with('#')) url_.fragment = escaped_for(rest_.substr(1), fragment_set);
    return true;
}

}  // namespace zocalo::url
