// SPDX-License-Identifier: MIT
// RFC 7838. A field that breaks the grammar says nothing, so that nobody is led to a place that
// another reader would not see in it.
#include "zocalo/http/alt_svc_store.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/curl_date.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/fields.hpp"

namespace zocalo::http {

namespace {

using std::chrono::sys_seconds;

constexpr std::chrono::seconds usual_age = std::chrono::hours(24);  // §3.1
constexpr std::chrono::seconds longest_age = std::chrono::days(30);

/// A protocol in a field, where `%` and `/` are escaped (§3), in ALPN, and in curl's file.
struct protocol_names {
    std::string_view field;
    std::string_view alpn;
    std::string_view file;
};
constexpr std::array<protocol_names, 3> protocols{{
    {"h2", "h2", "h2"},
    {"http%2F1.1", "http/1.1", "h1"},
    {"h3", "h3", "h3"},
}};

const protocol_names* find_protocol(std::string_view protocol_names::* which,
                                    std::string_view name) noexcept {
    const auto* const at = std::ranges::find(protocols, name, which);
    return at == protocols.end() ? nullptr : at;
}

/// A whole number of seconds; more than fits is as long as there is.
std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    const auto number = from_digits<std::uint32_t>(text);
    return number ? std::chrono::seconds(*number) : longest_age;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    const auto port = from_digits<std::uint16_t>(text);
    if (!port || *port == 0) return std::nullopt;
    return port;
}

/// A host that may be connected to because somebody else says so: no interface is that of ours.
std::optional<std::string> host_of(std::string_view text) {
    const bool is_bracketed = text.starts_with('[');
    const bool has_colon = text.find(':') != text.npos;
    if (has_colon != is_bracketed || text.find('%') != text.npos) return std::nullopt;
    const auto host = url::host::try_parse(text);
    if (!host) return std::nullopt;
    return host->to_string();
}

/// What Alt-Svc says; with `clear` nothing is left.
struct said {
    std::vector<alternative_service> all;  ///< `expires` is that many seconds after 1970
    bool clears = false;
};

/// alt-authority = quoted-string ; containing [ uri-host ] ":" port
bool read_authority(std::string_view text, const url::origin& by, alternative_service& into) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return false;
    const auto port = port_of(text.substr(colon + 1));
    const auto host =
        colon == 0 ? by.host().to_string() : host_of(text.substr(0, colon)).value_or("");
    if (!port || host.empty()) return false;
    into.host = host;
    into.port = *port;
    return true;
}

/// alt-value = protocol-id "=" alt-authority *( OWS ";" OWS parameter )
bool read_one(detail::value_scanner& scanner, const url::origin& by, said& into) {
    const std::string_view name = scanner.token();
    if (name == "clear" && !scanner.is_at('=')) {
        into.clears = true;
        return true;
    }
    if (name.empty() || !scanner.take('=') || !scanner.take('"')) return false;
    const auto authority = scanner.rest_of_quoted_string();
    alternative_service read;
    parameters about;
    if (!authority || !read_authority(*authority, by, read) || !scanner.parameters(about))
        return false;
    std::optional<std::chrono::seconds> age = usual_age;
    if (const auto wanted = about.find("ma")) age = seconds_of(*wanted);
    if (!age) return false;
    read.expires = sys_seconds(std::min(*age, longest_age));
    read.persists = about.find("persist") == "1";
    const protocol_names* const spoken = find_protocol(&protocol_names::field, name);
    if (spoken == nullptr) return true;
    read.protocol = spoken->alpn;
    const auto same = [&read](const auto& each) { return each.is_at(read); };
    if (into.all.size() < alt_svc_store::most_of_one && std::ranges::none_of(into.all, same))
        into.all.push_back(std::move(read));
    return true;
}

/// Alt-Svc = clear / 1#alt-value
std::optional<said> parse(std::string_view text, const url::origin& by) {
    detail::value_scanner scanner(text);
    said parsed;
    bool is_empty = true;
    for (;;) {
        scanner.skip_space();
        if (!scanner.is_at(',') && !scanner.is_at_end()) {
            if (!read_one(scanner, by, parsed)) return std::nullopt;
            is_empty = false;
            scanner.skip_space();
        }
        if (scanner.is_at_end()) break;
        if (!scanner.take(',')) return std::nullopt;
    }
    if (is_empty) return std::nullopt;
    if (parsed.clears) parsed.all.clear();  // §3: whatever else is said
    return parsed;
}

/// How long the response has been on its way; caches say so.
std::chrono::seconds age_of(const fields& response) {
    const auto text = response.find("Age");
    return text ? seconds_of(*text).value_or(std::chrono::seconds(0)) : std::chrono::seconds(0);
}

void drop_expired(std::map<url::origin, std::vector<alternative_service>>& from, sys_seconds now) {
    for (auto& [origin, all] : from)
        std::erase_if(all, [now](const auto& each) { return each.expires <= now; });
    std::erase_if(from, [](const auto& each) { return each.second.empty(); });
}

}  // namespace

bool alt_svc_store::set(const url::origin& by, const fields& response, sys_seconds now) {
    const std::string text = response.joined("Alt-Svc");
    if (text.empty() || by.scheme() != "https" || !host_of(by.host().to_string())) return false;
    auto parsed = parse(text, by);
    if (!parsed) return false;
    const auto age = age_of(response);
    for (alternative_service& each : parsed->all)
        each.expires = now + (each.expires.time_since_epoch() - age);
    std::erase_if(parsed->all, [now](const auto& each) { return each.expires <= now; });
    known_.erase(by);
    if (!parsed->all.empty() && make_room(by, now)) known_.emplace(by, std::move(parsed->all));
    return true;
}

std::vector<alternative_service> alt_svc_store::find(const url::origin& of, sys_seconds now) const {
    const auto at = known_.find(of);
    if (at == known_.end()) return {};
    std::vector<alternative_service> good = at->second;
    std::erase_if(good, [now](const auto& each) { return each.expires <= now; });
    return good;
}

/// The one that would be forgotten first makes room; so nobody who says much stays for ever.
bool alt_svc_store::make_room(const url::origin& of, sys_seconds now) {
    if (most_ == 0) return false;
    if (known_.size() < most_ || known_.contains(of)) return true;
    drop_expired(known_, now);
    if (known_.size() < most_) return true;
    const auto last_end = [](const auto& each) {
        return std::ranges::max(each.second, {}, &alternative_service::expires).expires;
    };
    known_.erase(std::ranges::min_element(known_, {}, last_end));
    return true;
}

bool alt_svc_store::add(const url::origin& of, alternative_service made, sys_seconds now) {
    const auto host = host_of(made.host);
    if (!host || made.port == 0 || of.scheme() != "https" ||
        find_protocol(&protocol_names::alpn, made.protocol) == nullptr)
        throw std::invalid_argument("no alternative for " + of.to_string() + ": " +
                                    quoted(made.protocol + ' ' + made.host));
    made.host = *host;
    if (made.expires <= now || !make_room(of, now)) return false;
    std::vector<alternative_service>& all = known_[of];
    const auto same =
        std::ranges::find_if(all, [&made](const auto& each) { return each.is_at(made); });
    if (same != all.end()) {
        *same = std::move(made);
        return true;
    }
    if (all.size() == most_of_one) return false;
    all.push_back(std::move(made));
    return true;
}

bool alt_svc_store::remove(const url::origin& of, const alternative_service& which) {
    const auto at = known_.find(of);
    if (at == known_.end()) return false;
    const auto gone =
        std::erase_if(at->second, [&which](const auto& each) { return each.is_at(which); });
    if (at->second.empty()) known_.erase(at);
    return gone != 0;
}

void alt_svc_store::change_network() {
    for (auto& [origin, all] : known_)
        std::erase_if(all, [](const auto& each) { return !each.persists; });
    std::erase_if(known_, [](const auto& each) { return each.second.empty(); });
}

std::vector<std::pair<url::origin, alternative_service>> alt_svc_store::all() const {
    std::vector<std::pair<url::origin, alternative_service>> listed;
    for (const auto& [origin, all] : known_)
        for (const alternative_service& each : all)
            listed.emplace_back(origin, each);
    return listed;
}

// --- curl's file

namespace {

constexpr std::string_view head =
    "# Your alt-svc cache. https://curl.se/docs/alt-svc.html\n"
    "# This file was generated by zocalo. Edit at your own risk.\n";

/// The words of a line; what is in quotes is one.
std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::size_t most = 10;  // one more than there are
    std::vector<std::string_view> words;
    for (line = trimmed(line); !line.empty() && words.size() < most; line = trimmed(line)) {
        const bool is_quoted = line.starts_with('"');
        if (is_quoted) line.remove_prefix(1);
        const std::size_t end = line.find_first_of(is_quoted ? "\"" : " \t");
        if (is_quoted && end == line.npos) return {};
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(line.size(), end == line.npos ? end : end + 1));
    }
    return words;
}

std::optional<std::pair<url::origin, alternative_service>> parse_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 9) return std::nullopt;
    const auto* const heard = find_protocol(&protocol_names::file, words[0]);
    const auto from = host_of(words[1]);
    const auto from_port = port_of(words[2]);
    const auto* const spoken = find_protocol(&protocol_names::file, words[3]);
    const auto host = host_of(words[4]);
    const auto port = port_of(words[5]);
    const auto expires = detail::parse_curl_date(words[6]);
    const bool is_whole = heard != nullptr && from && from_port && spoken != nullptr && host &&
                          port && expires.has_value();
    if (!is_whole) return std::nullopt;
    alternative_service read{.protocol = std::string(spoken->alpn),
                             .host = *host,
                             .port = *port,
                             .expires = *expires,
                             .persists = words[7] == "1"};
    return std::pair(url::origin("https", url::host::parse(*from), *from_port), std::move(read));
}

}  // namespace

std::string to_alt_svc_file(const alt_svc_store& store, sys_seconds now) {
    std::string text(head);
    const auto append = [&text](std::string_view word) { text.append(word) += ' '; };
    for (const auto& [origin, each] : store.all()) {
        if (each.expires <= now) continue;
        append("h1");
        append(origin.host().to_string());
        append(std::to_string(origin.port()));
        append(find_protocol(&protocol_names::alpn, each.protocol)->file);
        append(each.host);
        append(std::to_string(each.port));
        append('"' + detail::curl_date(each.expires) + '"');
        append(each.persists ? "1" : "0");
        text += "0\n";
    }
    return text;
}

std::size_t read_alt_svc_file(alt_svc_store& into, std::string_view text, sys_seconds now) {
    std::size_t count = 0;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto read = parse_line(line);
        if (read && into.add(read->first, std::move(read->second), now)) ++count;
    }
    return count;
}

}  // namespace zocalo::http
