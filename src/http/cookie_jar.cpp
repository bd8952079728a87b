// SPDX-License-Identifier: MIT
// Cookies stand on shelves by domain. A request looks at the shelf of its host and at those of the
// domains above it, and so never at all of them.
#include "zocalo/http/cookie_jar.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/cookie_rules.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::http {

namespace {

using std::chrono::sys_seconds;

/// RFC 6265 §5.1.3. An address has nothing below it.
bool is_in_domain(std::string_view host, std::string_view domain, bool is_address) noexcept {
    if (host == domain) return true;
    return !is_address && host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.';
}

/// RFC 6265 §5.1.4
bool is_in_path(std::string_view path, std::string_view folder) noexcept {
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

std::string default_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (!path.starts_with('/') || slash == 0) return "/";
    return std::string(path.substr(0, slash));
}

bool has_expired(const cookie& what, sys_seconds now) noexcept {
    return what.expires && *what.expires <= now;
}

bool is_same(const cookie& a, const cookie& b) noexcept {
    return a.name == b.name && a.path == b.path && a.host_only == b.host_only;
}

bool may_travel(const cookie& what, const cookie_target& of) noexcept {
    using relation = cookie_target::relation;
    if (of.asked_by == relation::same_site || what.same_site == same_site::none) return true;
    return of.asked_by == relation::followed_link && what.same_site != same_site::strict;
}

std::optional<sys_seconds> end_of(const set_cookie& said, sys_seconds now,
                                  std::chrono::seconds longest) {
    if (said.max_age) return now + std::min(*said.max_age, longest);
    if (said.expires) return std::min(*said.expires, now + longest);
    return std::nullopt;
}

/// ASCII without escapes: browsers would not find a host in anything else.
bool is_spelled_out(std::string_view domain) noexcept {
    return std::ranges::all_of(domain, [](char c) { return c > ' ' && c < '\x7F' && c != '%'; });
}

/// The domain that a cookie is for: that of `by` when it names none. Nothing when it may not name
/// that one.
std::optional<url::host> choose_domain(const cookie_target& by, const set_cookie& said,
                                       bool& host_only) {
    host_only = true;
    if (said.domain.empty()) return by.host;
    if (!is_spelled_out(said.domain)) return std::nullopt;
    auto domain = url::host::try_parse(said.domain);
    if (!domain) return std::nullopt;
    if (*domain == by.host && (by.host.address() || detail::is_public_suffix(domain->to_string())))
        return by.host;
    if (domain->address() || detail::is_public_suffix(domain->to_string())) return std::nullopt;
    host_only = false;
    const bool is_address = by.host.address().has_value();
    if (!is_in_domain(by.host.to_string(), domain->to_string(), is_address)) return std::nullopt;
    return domain;
}

void check(const cookie& made) {
    const auto host = url::host::try_parse(made.domain);
    const auto is_text = [](std::string_view text) {
        return detail::all_are(detail::value_character, text) &&
               text.find(';') == std::string_view::npos;
    };
    const std::size_t size = made.name.size() + made.value.size();
    if (!host || host->to_string() != made.domain)
        throw std::invalid_argument("cookie: no host: " + quoted(made.domain));
    if (!is_text(made.name) || made.name.find('=') != std::string::npos || !is_text(made.value) ||
        !is_text(made.path) || !made.path.starts_with('/') || size == 0 ||
        size > set_cookie::longest)
        throw std::invalid_argument("no cookie: " + quoted(made.name));
}

}  // namespace

cookie_target cookie_target::of(const url::uri& where) {
    cookie_target made{.host = url::host::parse(where.host()), .path = std::string(where.path())};
    if (!made.path.starts_with('/')) made.path = "/";
    made.is_secure = where.has_scheme("https") || where.has_scheme("wss");
    return made;
}

std::size_t cookie_jar::set(const cookie_target& by, const fields& response, sys_seconds now) {
    std::size_t taken = 0;
    std::size_t seen = 0;
    for (const field each : response) {
        if (!same_name(each.name, "Set-Cookie") || seen == limits_.per_response) continue;
        ++seen;
        const auto said = set_cookie::try_parse(each.value);
        if (said && set(by, *said, now)) ++taken;
    }
    return taken;
}

// RFC 6265bis §5.7
bool cookie_jar::set(const cookie_target& by, const set_cookie& said, sys_seconds now) {
    cookie made{.name = said.name,
                .value = said.value,
                .path = said.path.empty() ? default_path(by.path) : said.path,
                .expires = end_of(said, now, limits_.age),
                .secure = said.secure,
                .http_only = said.http_only,
                .same_site = said.same_site};
    const auto domain = choose_domain(by, said, made.host_only);
    if (!domain) return false;
    made.domain = domain->to_string();
    if (made.secure && !by.is_secure) return false;
    if (made.same_site == same_site::none && !made.secure) return false;
    const bool is_foreign = by.asked_by == cookie_target::relation::cross_site;
    if (is_foreign && made.same_site != same_site::none) return false;
    // Without a name it goes out as its value alone, and must not pass for one that has a prefix.
    const std::string_view shown = made.name.empty() ? made.value : made.name;
    const bool is_prefixed = !detail::keeps_prefix(shown, false, false, "");
    if (is_prefixed && (made.name.empty() ||
                        !detail::keeps_prefix(shown, made.secure, said.domain.empty(), said.path)))
        return false;
    if (!by.is_secure && is_overlaid(made)) return false;
    if (policy_.accepts && !has_expired(made, now) && !policy_.accepts(made, by)) return false;
    put(std::move(made), now);
    return true;
}

std::string cookie_jar::get(const cookie_target& of, sys_seconds now) {
    std::vector<entry*> chosen;
    const std::string& host = of.host.to_string();
    const bool is_address = of.host.address().has_value();
    for (std::string_view domain = host;;) {
        if (const auto at = shelves_.find(domain); at != shelves_.end()) {
            for (entry& each : at->second) {
                if (each.what.host_only && domain != host) continue;
                if (each.what.secure && !of.is_secure) continue;
                if (has_expired(each.what, now) || !is_in_path(of.path, each.what.path)) continue;
                if (!may_travel(each.what, of)) continue;
                if (!policy_.gives || policy_.gives(each.what, of)) chosen.push_back(&each);
            }
        }
        const std::size_t dot = domain.find('.');
        if (is_address || dot == std::string_view::npos) break;
        domain.remove_prefix(dot + 1);
    }
    std::sort(chosen.begin(), chosen.end(), [](const entry* a, const entry* b) {
        if (a->what.path.size() != b->what.path.size())
            return a->what.path.size() > b->what.path.size();
        return a->made < b->made;
    });
    std::string text;
    ++steps_;
    for (entry* each : chosen) {
        const std::size_t size = each->what.name.size() + each->what.value.size() + 3;
        if (text.size() + size > limits_.header) break;
        if (!text.empty()) text += "; ";
        if (!each->what.name.empty()) text.append(each->what.name) += '=';
        text += each->what.value;
        each->used = steps_;
    }
    return text;
}

void cookie_jar::add(cookie made, sys_seconds now) {
    check(made);
    if (url::host::parse(made.domain).address()) made.host_only = true;
    put(std::move(made), now);
}

std::vector<cookie> cookie_jar::all() const {
    std::vector<cookie> found;
    for (const auto& [domain, on] : shelves_) {
        for (const entry& each : on)
            found.push_back(each.what);
    }
    return found;
}

void cookie_jar::clear() noexcept {
    shelves_.clear();
    size_ = 0;
}

template <class Unwanted>
std::size_t cookie_jar::remove(const Unwanted& unwanted) {
    std::size_t removed = 0;
    for (auto at = shelves_.begin(); at != shelves_.end();) {
        removed += std::erase_if(at->second, [&](const entry& e) { return unwanted(e.what); });
        at = at->second.empty() ? shelves_.erase(at) : std::next(at);
    }
    size_ -= removed;
    return removed;
}

std::size_t cookie_jar::clear(std::string_view domain) {
    return remove([&](const cookie& each) { return each.domain == domain; });
}

std::size_t cookie_jar::clear(std::string_view domain, std::string_view path,
                              std::optional<std::string_view> name) {
    return remove([&](const cookie& each) {
        return each.domain == domain && each.path == path && each.name == name.value_or(each.name);
    });
}

std::size_t cookie_jar::clear_session() {
    return remove([](const cookie& each) { return !each.expires; });
}

std::size_t cookie_jar::clear_expired(sys_seconds now) {
    return remove([&](const cookie& each) { return has_expired(each, now); });
}

/// Whether it would stand before a secure one, or in its place: what is said without TLS may be
/// anybody's (RFC 6265bis §5.7, "leave secure cookies alone").
bool cookie_jar::is_overlaid(const cookie& made) const {
    for (const auto& [domain, on] : shelves_) {
        if (!is_in_domain(domain, made.domain, false) && !is_in_domain(made.domain, domain, false))
            continue;
        for (const entry& each : on) {
            if (each.what.secure && each.what.name == made.name &&
                is_in_path(made.path, each.what.path))
                return true;
        }
    }
    return false;
}

void cookie_jar::put(cookie made, sys_seconds now) {
    const std::string domain = made.domain;
    shelf& on = shelves_[domain];
    const auto at = std::find_if(on.begin(), on.end(),
                                 [&](const entry& each) { return is_same(each.what, made); });
    ++steps_;
    if (at != on.end()) {
        if (has_expired(made, now)) {
            on.erase(at);
            --size_;
        } else {
            at->what = std::move(made);
            at->used = steps_;
        }
    } else if (!has_expired(made, now)) {
        on.push_back({.what = std::move(made), .made = steps_, .used = steps_});
        ++size_;
        if (on.size() > limits_.per_domain) evict(on, now);
    }
    if (on.empty()) shelves_.erase(domain);
    if (size_ > limits_.total) evict_anywhere(now);
}

/// Makes room on a shelf: for one at least, and for all that have expired.
void cookie_jar::evict(shelf& crowded, sys_seconds now) {
    const std::size_t expired =
        std::erase_if(crowded, [&](const entry& each) { return has_expired(each.what, now); });
    size_ -= expired;
    if (expired != 0) return;
    // Those without TLS go first: whoever can listen must not be able to push out the others.
    const auto goes_before = [](const entry& a, const entry& b) {
        if (a.what.secure != b.what.secure) return b.what.secure;
        return a.used < b.used;
    };
    crowded.erase(std::min_element(crowded.begin(), crowded.end(), goes_before));
    --size_;
}

void cookie_jar::evict_anywhere(sys_seconds now) {
    if (clear_expired(now) != 0) return;
    const auto oldest_of = [](auto& on) {
        return std::min_element(on.begin(), on.end(),
                                [](const entry& a, const entry& b) { return a.used < b.used; });
    };
    const auto oldest =
        std::min_element(shelves_.begin(), shelves_.end(), [&](const auto& a, const auto& b) {
            return oldest_of(a.second)->used < oldest_of(b.second)->used;
        });
    oldest->second.erase(oldest_of(oldest->second));
    if (oldest->second.empty()) shelves_.erase(oldest);
    --size_;
}

}  // namespace zocalo::http
