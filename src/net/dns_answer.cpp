// SPDX-License-Identifier: MIT
// What a message says about the one name that was asked for.
#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::net::dns {

namespace {

constexpr std::size_t most_aliases = 16;
constexpr std::uint8_t no_such_name = 3;

/// Those of RFC 1035 §4.1.1 and RFC 2136 §2.2, by their numbers.
constexpr std::array<std::string_view, 11> code_names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                      "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                      "NXRRSET", "NOTAUTH", "NOTZONE"};

/// The alias that leads on from `name`, or null.
const record* alias_of(std::string_view name, const message& said) {
    const auto found = std::ranges::find_if(said.answers, [&](const record& each) {
        return std::holds_alternative<cname>(each.data) && same_name(each.owner, name);
    });
    return found == said.answers.end() ? nullptr : &*found;
}

void keep_shorter(answer& result, std::chrono::seconds ttl) {
    result.ttl = std::min(result.ttl, ttl);
}

/// RFC 2308 §5: the lesser of the SOA record's own time and what it says.
std::chrono::seconds ttl_of_silence(const message& said) {
    for (const record& each : said.authorities) {
        if (const auto* zone = std::get_if<soa>(&each.data)) {
            return std::min(each.ttl, zone->minimum);
        }
    }
    return {};
}

void follow_aliases(answer& result, const message& said) {
    for (std::size_t i = 0; const record* alias = alias_of(result.canonical_name, said); ++i) {
        if (i == most_aliases) throw protocol_error("DNS message: more than 16 aliases");
        keep_shorter(result, alias->ttl);
        result.canonical_name = std::get<cname>(alias->data).host;
        result.aliases.push_back(*alias);
    }
}

/// Whether a record's type is what was asked for.
bool fits(type of, type which) {
    return of == which || which == type::any;
}

}  // namespace

std::string code_text(std::uint8_t code) {
    if (code < code_names.size()) return std::string(code_names.at(code));
    return "RCODE " + std::to_string(code);
}

bool is_refusal(std::uint8_t code) noexcept {
    return code != 0 && code != no_such_name;
}

bool same_name(std::string_view one, std::string_view other) noexcept {
    const auto small = [](char c) { return lower(c); };
    return std::ranges::equal(one, other, {}, small, small);
}

answer answer_to(std::string_view name, type which, const message& said) {
    if (!said.is_response || said.asked != which || !same_name(said.name, name)) {
        throw protocol_error("DNS message: answers another question");
    }
    if (is_refusal(said.code)) throw protocol_error("DNS message: " + code_text(said.code));
    answer result{.canonical_name = std::string(name),
                  .records = {},
                  .ttl = std::chrono::seconds(0x7FFFFFFF)};
    if (which != type::cname && which != type::any) follow_aliases(result, said);
    for (const record& each : said.answers) {
        if (!fits(each.type, which) || !same_name(each.owner, result.canonical_name)) continue;
        keep_shorter(result, each.ttl);
        result.records.push_back(each);
    }
    if (!result.records.empty()) {
        result.status = status::found;
        return result;
    }
    result.status = said.code == no_such_name ? status::no_name : status::no_data;
    keep_shorter(result, ttl_of_silence(said));
    return result;
}

answer answer_with(std::string_view name, type which, const std::vector<net::address>& known,
                   std::chrono::seconds ttl) {
    answer made{.canonical_name = std::string(name), .records = {}, .ttl = ttl};
    for (const net::address& ip : known) {
        if (ip.is_v4() && which == type::a)
            made.records.push_back({made.canonical_name, which, ttl, a{ip}});
        if (ip.is_v6() && which == type::aaaa)
            made.records.push_back({made.canonical_name, which, ttl, aaaa{ip}});
    }
    if (!known.empty()) made.status = made.records.empty() ? status::no_data : status::found;
    return made;
}

}  // namespace zocalo::net::dns
