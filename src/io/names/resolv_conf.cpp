// SPDX-License-Identifier: MIT
// resolv.conf as people write it. The system's reader takes a comment behind a value, or a CR at
// the end of a line, for a part of the value; this one does not. tests/io/resolv_conf_test.cpp
// holds the two beside each other.
#include "io/names/resolv_conf.hpp"

#include <algorithm>
#include <cstdint>

#include "io/names/once_each.hpp"
#include "io/names/words.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::io::detail {

namespace {

/// The next word; a comment is none, and the end of the line.
std::string_view next_value(std::string_view& rest) noexcept {
    const std::string_view word = next_word(rest);
    if (word.starts_with('#') || word.starts_with(';')) return rest = {};
    return word;
}

/// The number in "timeout:3" when that is the option, at most what resolv.conf(5) allows.
std::optional<int> value_of(std::string_view option, std::string_view name, int least, int most) {
    if (!option.starts_with(name)) return std::nullopt;
    const auto number = from_digits<std::uint16_t>(option.substr(name.size()));
    if (!number || *number < least) return std::nullopt;
    return std::min(static_cast<int>(*number), most);
}

void take_option(std::string_view option, resolv_conf& into) {
    if (const auto dots = value_of(option, "ndots:", 0, 15)) into.dots = *dots;
    if (const auto seconds = value_of(option, "timeout:", 1, 30))
        into.milliseconds = *seconds * 1000;
    if (const auto times = value_of(option, "attempts:", 1, 5)) into.attempts = *times;
    if (option == "rotate") into.rotate = true;
    if (option == "use-vc") into.tcp = true;
    if (option == "no-tld-query") into.no_single_labels = true;
}

/// No name that can be asked for is below a domain that can be no name.
bool is_name(const std::string& domain) {
    try {
        (void)net::dns::question{.name = domain, .type = net::dns::type::a}.encode();
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

void take_search(std::string_view words, resolv_conf& into, std::size_t most) {
    std::vector<std::string> domains = search_list(words);
    if (domains.empty()) return;
    if (domains.size() > most) domains.resize(most);
    into.search = std::move(domains);
}

void take_line(std::string_view line, once_each& servers, resolv_conf& into) {
    const std::string_view keyword = next_value(line);
    if (keyword == "nameserver") {
        if (const auto ip = net::address::try_parse_liberal(next_value(line))) servers.add(*ip);
    } else if (keyword == "domain") {
        take_search(line, into, 1);
    } else if (keyword == "search") {
        take_search(line, into, line.size());
    } else if (keyword == "options") {
        take_resolv_options(line, into);
    }
}

}  // namespace

resolv_conf read_resolv_conf(std::istream& from) {
    resolv_conf read;
    once_each servers;
    for (std::string line; std::getline(from, line);)
        take_line(line, servers, read);
    read.servers = servers.take();
    return read;
}

void take_resolv_options(std::string_view words, resolv_conf& into) {
    for (auto word = next_value(words); !word.empty(); word = next_value(words))
        take_option(word, into);
}

std::vector<std::string> search_list(std::string_view words) {
    std::vector<std::string> domains;
    for (auto word = next_value(words); !word.empty(); word = next_value(words)) {
        if (word.ends_with('.')) word.remove_suffix(1);
        std::string domain(word);
        if (is_name(domain)) domains.push_back(std::move(domain));
    }
    return domains;
}

}  // namespace zocalo::io::detail
