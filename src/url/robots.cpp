// SPDX-License-Identifier: MIT
// Patterns and paths are compared in one spelling (RFC 9309 §2.2.2): what is not ASCII is escaped,
// what needs no escape has none, and in a path the two characters that mean something in patterns
// are escaped.
#include "zocalo/url/robots.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "url/escape_sequence.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::url {

namespace {

constexpr std::string_view any_agent = "*";
constexpr std::string_view own_path = "/robots.txt";

constexpr byte_set visible = byte_set::range('!', '~');
constexpr byte_set plain_in_patterns = visible & ~byte_set("$");
constexpr byte_set plain_in_paths = visible & ~byte_set("*$");

/// `plain`: what is not escaped, but for what needs no escape.
std::string one_spelling(std::string_view text, const byte_set& plain) {
    std::string made;
    made.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto escaped = escape_at(text, at);
        if (escaped) at += 2;
        const char c = escaped.value_or(text[at]);
        if ((escaped ? unreserved : plain).has(c)) {
            made += c;
        } else {
            append_escape(made, c);
        }
    }
    return made;
}

/// The product's name, in lower case.
std::string name_of(std::string_view agent) {
    agent = trimmed(agent);
    return lower(agent.substr(0, agent.find_first_of("/ \t")));
}

/// How far each beginning of a text is its end as well (Knuth, Morris and Pratt).
std::vector<std::size_t> borders_of(std::string_view text) {
    std::vector<std::size_t> borders(text.size(), 0);
    for (std::size_t at = 1, have = 0; at < text.size(); ++at) {
        while (have != 0 && text[at] != text[have])
            have = borders[have - 1];
        if (text[at] == text[have]) ++have;
        borders[at] = have;
    }
    return borders;
}

/// Behind the first place where `part` is in `text`, in linear time; npos when it is nowhere.
std::size_t behind_first(std::string_view text, std::string_view part) {
    if (part.size() > text.size()) return std::string_view::npos;
    if (part.empty()) return 0;
    const std::vector<std::size_t> borders = borders_of(part);
    for (std::size_t at = 0, have = 0; at < text.size(); ++at) {
        while (have != 0 && text[at] != part[have])
            have = borders[have - 1];
        if (text[at] == part[have]) ++have;
        if (have == part.size()) return at + 1;
    }
    return std::string_view::npos;
}

/// `2`, `0.5`
std::optional<std::chrono::milliseconds> parse_delay(std::string_view text) {
    constexpr std::uint32_t most = 24 * 60 * 60;
    const std::size_t dot = std::min(text.find('.'), text.size());
    const auto seconds = from_digits<std::uint32_t>(text.substr(0, dot));
    if (!seconds || *seconds > most) return std::nullopt;
    std::string fraction(text.substr(std::min(dot + 1, text.size())));
    fraction.resize(3, '0');
    const auto thousandths = from_digits<std::uint32_t>(fraction);
    if (!thousandths) return std::nullopt;
    return std::chrono::seconds(*seconds) + std::chrono::milliseconds(*thousandths);
}

}  // namespace

/// Reads it line by line.
class robots::reader {
 public:
    explicit reader(robots& into) noexcept : into_(into) {}

    void line(std::string_view text) {
        text = text.substr(0, text.find('#'));
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return;
        const std::string key = lower(trimmed(text.substr(0, colon)));
        const std::string_view value = trimmed(text.substr(colon + 1));
        if (key == "sitemap") {
            if (!value.empty()) into_.maps_.emplace_back(value);
        } else if (key == "user-agent") {
            agent(value);
        } else if (!into_.groups_.empty()) {
            member(key, value, into_.groups_.back());
        }
    }

 private:
    void agent(std::string_view value) {
        if (!names_agents_) into_.groups_.emplace_back();
        names_agents_ = true;
        std::string name = name_of(value);
        if (!name.empty()) into_.agents_.push_back({std::move(name), into_.groups_.size() - 1});
    }
    /// Lines that RFC 9309 does not know end no list of agents (§2.2.4).
    void member(std::string_view key, std::string_view value, group& of) {
        if (key == "allow" || key == "disallow") {
            names_agents_ = false;
            if (!value.empty()) add_rule(of, key == "allow", value);
        } else if (key == "crawl-delay") {
            const auto delay = parse_delay(value);
            if (delay) of.delay = delay;
        } else if (key == "request-rate") {
            const std::size_t slash = std::min(value.find('/'), value.size());
            const auto requests = from_digits<std::uint32_t>(trimmed(value.substr(0, slash)));
            const auto seconds = from_digits<std::uint32_t>(
                trimmed(value.substr(std::min(slash + 1, value.size()))));
            if (requests && seconds) of.pace = {*requests, std::chrono::seconds(*seconds)};
        }
    }
    static void add_rule(group& to, bool allows, std::string_view pattern) {
        rule made;
        made.allows = allows;
        made.is_anchored = pattern.ends_with('$');
        if (made.is_anchored) pattern.remove_suffix(1);
        made.pattern = one_spelling(pattern, plain_in_patterns);
        made.size = made.pattern.size() + (made.is_anchored ? 1 : 0);
        to.rules.push_back(std::move(made));
    }

    robots& into_;
    bool names_agents_ = false;
};

robots robots::nothing() {
    return parse("User-agent: *\nDisallow: /\n");
}

robots robots::parse(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    constexpr std::string_view ends = "\r\n";
    robots parsed;
    reader reads(parsed);
    if (text.size() > longest) {
        text = text.substr(0, longest);
        text = text.substr(0, text.find_last_of(ends) + 1);
    }
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(ends), text.size());
        reads.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parsed;
}

template <class Look>
void robots::for_groups(std::string_view agent, Look look) const {
    const auto see = [&](std::string_view name) {
        bool is_known = false;
        std::size_t last = groups_.size();  // a group that names it twice is one
        for (const agent_line& each : agents_) {
            if (each.name != name || each.group == last) continue;
            is_known = true;
            last = each.group;
            look(groups_[each.group]);
        }
        return is_known;
    };
    if (!see(name_of(agent))) see(any_agent);
}

bool robots::matches(const rule& which, std::string_view path) {
    std::string_view pattern = which.pattern;
    std::size_t star = pattern.find('*');
    const std::string_view begin = pattern.substr(0, star);
    if (!path.starts_with(begin)) return false;
    path.remove_prefix(begin.size());
    while (star != std::string_view::npos) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        const std::string_view part = pattern.substr(0, star);
        // The last part of an anchored one is at the end, wherever else it is, too.
        if (star == std::string_view::npos && which.is_anchored) return path.ends_with(part);
        const std::size_t behind = behind_first(path, part);
        if (behind == std::string_view::npos) return false;
        path.remove_prefix(behind);
    }
    return !which.is_anchored || path.empty();
}

bool robots::can_fetch(std::string_view agent, const uri& where) const {
    std::string path = one_spelling(where.path(), plain_in_paths);
    if (path.empty()) path += '/';
    if (path == own_path) return true;
    if (where.query()) {
        path += '?';
        path += one_spelling(*where.query(), plain_in_paths);
    }
    bool allows = true;
    std::size_t size = 0;
    for_groups(agent, [&](const group& of) {
        for (const rule& each : of.rules) {
            const bool is_better = each.size > size || (each.size == size && each.allows);
            if (!is_better || !matches(each, path)) continue;
            allows = each.allows;
            size = each.size;
        }
    });
    return allows;
}

std::optional<std::chrono::milliseconds> robots::crawl_delay(std::string_view agent) const {
    std::optional<std::chrono::milliseconds> delay;
    for_groups(agent, [&](const group& of) {
        if (!delay) delay = of.delay;
    });
    return delay;
}

std::optional<robots::rate> robots::request_rate(std::string_view agent) const {
    std::optional<rate> pace;
    for_groups(agent, [&](const group& of) {
        if (!pace) pace = of.pace;
    });
    return pace;
}

}  // namespace zocalo::url
