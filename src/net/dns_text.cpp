// SPDX-License-Identifier: MIT
// Records as master files have them (RFC 1035 §5), one line each.
#include <algorithm>
#include <iterator>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::net::dns {

namespace {

struct known_type {
    type which;
    std::string_view name;
};
constexpr known_type known_types[] = {
    {type::a, "A"},         {type::ns, "NS"},         {type::cname, "CNAME"},
    {type::soa, "SOA"},     {type::ptr, "PTR"},       {type::mx, "MX"},
    {type::txt, "TXT"},     {type::aaaa, "AAAA"},     {type::srv, "SRV"},
    {type::tlsa, "TLSA"},   {type::svcb, "SVCB"},     {type::https, "HTTPS"},
    {type::caa, "CAA"},     {type::naptr, "NAPTR"},   {type::ds, "DS"},
    {type::sshfp, "SSHFP"}, {type::dnskey, "DNSKEY"}, {type::any, "ANY"},
};

std::string hex_of(const std::vector<std::byte>& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte each : bytes) {
        text += digits[std::to_integer<std::size_t>(each) >> 4];
        text += digits[std::to_integer<std::size_t>(each) & 0xF];
    }
    return text;
}

std::string or_dot(const std::string& name) {
    return name.empty() ? "." : name;
}

void append(std::string& list, std::string_view separator, const std::string& one) {
    if (!list.empty()) list += separator;
    list += one;
}

/// Numbers, and a name at the end.
template <class... Numbers>
std::string line(const std::string& name, Numbers... numbers) {
    std::string text;
    ((text += std::to_string(numbers), text += ' '), ...);
    return text + or_dot(name);
}

struct to_line {
    std::string operator()(const other& it) const {
        return "\\# " + std::to_string(it.data.size()) + ' ' + hex_of(it.data);  // RFC 3597 §5
    }
    std::string operator()(const a& it) const { return it.ip.to_string(); }
    std::string operator()(const aaaa& it) const { return it.ip.to_string(); }
    std::string operator()(const ns& it) const { return or_dot(it.host); }
    std::string operator()(const cname& it) const { return or_dot(it.host); }
    std::string operator()(const ptr& it) const { return or_dot(it.host); }
    std::string operator()(const soa& it) const {
        std::string text = or_dot(it.primary) + ' ' + or_dot(it.mailbox);
        text += ' ' + std::to_string(it.serial);
        for (const auto each : {it.refresh, it.retry, it.expire, it.minimum})
            text += ' ' + std::to_string(each.count());
        return text;
    }
    std::string operator()(const mx& it) const { return line(it.host, it.preference); }
    std::string operator()(const txt& it) const {
        std::string text;
        for (const std::string& each : it.strings)
            append(text, " ", quoted(each, 1024));
        return text;
    }
    std::string operator()(const srv& it) const {
        return line(it.target, it.priority, it.weight, it.port);
    }
    std::string operator()(const tlsa& it) const {
        return line(hex_of(it.data), it.usage, it.selector, it.matching);
    }
    std::string operator()(const naptr& it) const {
        std::string text = std::to_string(it.order) + ' ' + std::to_string(it.preference);
        for (const std::string& each : {it.flags, it.services, it.pattern})
            text += ' ' + quoted(each, 255);
        return text + ' ' + or_dot(it.replacement);
    }
    std::string operator()(const sshfp& it) const {
        return line(hex_of(it.fingerprint), it.algorithm, it.hash);
    }
    std::string operator()(const caa& it) const {
        return std::to_string(it.flags) + ' ' + it.tag + ' ' + quoted(it.value, 1024);
    }
    std::string operator()(const svcb& it) const {
        std::string text = line(it.target, it.priority);
        std::string protocols;
        for (const std::string& each : it.alpn())
            append(protocols, ",", escaped(each));
        if (!protocols.empty()) text += " alpn=" + protocols;
        if (const auto port = it.port()) text += " port=" + std::to_string(*port);
        for (const address& each : it.hints())
            text += (each.is_v4() ? " ipv4hint=" : " ipv6hint=") + each.to_string();
        for (const auto& each : it.parameters) {
            if (each.key == svcb::alpn_key || each.key == svcb::port_key) continue;
            if (each.key == svcb::ipv4_key || each.key == svcb::ipv6_key) continue;
            text += " key" + std::to_string(each.key) + '=' + quoted(each.value);
        }
        return text;
    }
};

}  // namespace

std::string to_text(type which) {
    const auto* const found = std::ranges::find(known_types, which, &known_type::which);
    if (found != std::end(known_types)) return std::string(found->name);
    return "TYPE" + std::to_string(static_cast<std::uint16_t>(which));
}

std::optional<type> try_parse_type(std::string_view name) noexcept {
    const auto* const found = std::ranges::find_if(
        known_types, [&](const known_type& each) { return same_name(each.name, name); });
    if (found != std::end(known_types)) return found->which;
    if (name.size() < 5 || !same_name(name.substr(0, 4), "TYPE")) return std::nullopt;
    const auto number = from_digits<std::uint16_t>(name.substr(4));
    if (!number) return std::nullopt;
    return static_cast<type>(*number);
}

std::string record::to_string() const {
    return std::visit(to_line(), data);
}

}  // namespace zocalo::net::dns
