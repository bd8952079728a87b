// SPDX-License-Identifier: MIT
// What the types of records have in their data.
#include "net/dns_record.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace zocalo::net::dns {

namespace {

using whole_message = std::span<const std::byte>;

std::string text_of(std::span<const std::byte> bytes) {
    return std::string(const_buffer(bytes).text());
}

/// NS, CNAME and PTR: nothing but a name.
template <class Record>
Record read_host(packet::reader& data, whole_message whole) {
    return {read_name(data, whole)};
}

soa read_soa(packet::reader& data, whole_message whole) {
    soa read;
    read.primary = read_name(data, whole);
    read.mailbox = read_name(data, whole);
    read.serial = data.u32("serial");
    for (auto* each : {&read.refresh, &read.retry, &read.expire, &read.minimum})
        *each = std::chrono::seconds(data.u32("time"));
    return read;
}

mx read_mx(packet::reader& data, whole_message whole) {
    const std::uint16_t preference = data.u16("preference");
    return {preference, read_name(data, whole)};
}

/// A text with its length in front.
std::string read_text(packet::reader& data) {
    const std::size_t size = data.u8("length of text");
    return text_of(data.take(size, "text"));
}

txt read_txt(packet::reader& data) {
    txt read;
    do {
        read.strings.push_back(read_text(data));
    } while (data.left() > 0 && !data.failed());
    return read;
}

srv read_srv(packet::reader& data, whole_message whole) {
    srv read{.priority = data.u16("priority"),
             .weight = data.u16("weight"),
             .port = data.u16("port"),
             .target = {}};
    read.target = read_name(data, whole);
    return read;
}

naptr read_naptr(packet::reader& data, whole_message whole) {
    naptr read;
    read.order = data.u16("order");
    read.preference = data.u16("preference");
    for (auto* each : {&read.flags, &read.services, &read.pattern})
        *each = read_text(data);
    read.replacement = read_name(data, whole);
    return read;
}

sshfp read_sshfp(packet::reader& data) {
    sshfp read{
        .algorithm = data.u8("algorithm"), .hash = data.u8("kind of hash"), .fingerprint = {}};
    if (data.left() == 0) data.fail("fingerprint", data.position(), "is missing");
    const auto rest = data.rest();
    read.fingerprint.assign(rest.begin(), rest.end());
    return read;
}

tlsa read_tlsa(packet::reader& data) {
    tlsa read{.usage = data.u8("usage"),
              .selector = data.u8("selector"),
              .matching = data.u8("matching type"),
              .data = {}};
    if (data.left() == 0) data.fail("certificate", data.position(), "is missing");
    const auto rest = data.rest();
    read.data.assign(rest.begin(), rest.end());
    return read;
}

/// Whether it is a list of texts with their lengths, none of them empty.
bool is_alpn(std::string_view value) {
    if (value.empty()) return false;
    while (!value.empty()) {
        const auto size = static_cast<std::uint8_t>(value.front());
        if (size == 0 || size >= value.size()) return false;
        value.remove_prefix(std::size_t{1} + size);
    }
    return true;
}

bool is_well_formed(const svcb::parameter& parameter) {
    const std::size_t size = parameter.value.size();
    switch (parameter.key) {
        case svcb::alpn_key:
            return is_alpn(parameter.value);
        case svcb::port_key:
            return size == 2;
        case svcb::ipv4_key:
            return size != 0 && size % 4 == 0;
        case svcb::ipv6_key:
            return size != 0 && size % 16 == 0;
        default:
            return true;
    }
}

svcb read_svcb(packet::reader& data, whole_message whole) {
    svcb read;
    read.priority = data.u16("priority");
    read.target = read_name(data, whole);
    while (data.left() > 0) {
        const std::size_t at = data.position();
        svcb::parameter one;
        one.key = data.u16("parameter");
        const std::size_t size = data.u16("length of parameter");
        one.value = text_of(data.take(size, "parameter"));
        if (!read.parameters.empty() && one.key <= read.parameters.back().key) {
            data.fail("parameter", at, "is not in ascending order");
        } else if (!is_well_formed(one)) {
            data.fail("parameter", at, "is not what its key says");
        }
        data.check();
        read.parameters.push_back(std::move(one));
    }
    return read;
}

caa read_caa(packet::reader& data) {
    caa read{.flags = data.u8("flags"), .tag = {}, .value = {}};
    const std::size_t size = data.u8("length of tag");
    const std::size_t at = data.position();
    read.tag = text_of(data.take(size, "tag"));
    if (read.tag.empty() || !std::ranges::all_of(read.tag, is_letter_or_digit)) {
        data.fail("tag", at, "is not of letters and digits");
    }
    read.value = text_of(data.rest());
    return read;
}

decltype(record::data) read_known(type which, packet::reader& data, whole_message whole) {
    switch (which) {
        case type::a:
            return a{address(data.fields<4>("address").octets<0, 4>())};
        case type::aaaa:
            return aaaa{address(data.fields<16>("address").octets<0, 16>())};
        case type::ns:
            return read_host<ns>(data, whole);
        case type::cname:
            return read_host<cname>(data, whole);
        case type::ptr:
            return read_host<ptr>(data, whole);
        case type::soa:
            return read_soa(data, whole);
        case type::mx:
            return read_mx(data, whole);
        case type::txt:
            return read_txt(data);
        case type::srv:
            return read_srv(data, whole);
        case type::tlsa:
            return read_tlsa(data);
        case type::svcb:
            return read_svcb(data, whole);
        case type::https:
            return https{read_svcb(data, whole)};
        case type::caa:
            return read_caa(data);
        case type::naptr:
            return read_naptr(data, whole);
        case type::sshfp:
            return read_sshfp(data);
        case type::ds:
        case type::dnskey:
        case type::any:
            break;
    }
    const auto rest = data.rest();
    return other{{rest.begin(), rest.end()}};
}

}  // namespace

decltype(record::data) read_data(type which, packet::reader& data, whole_message whole) {
    auto read = read_known(which, data, whole);
    if (data.left() != 0) data.fail("data", data.position(), "is longer than its type");
    data.check();
    return read;
}

std::string txt::joined() const {
    std::string text;
    for (const std::string& each : strings)
        text += each;
    return text;
}

std::optional<std::string_view> svcb::find(std::uint16_t key) const noexcept {
    const auto found = std::ranges::find(parameters, key, &parameter::key);
    if (found == parameters.end()) return std::nullopt;
    return found->value;
}

std::vector<std::string> svcb::alpn() const {
    std::vector<std::string> protocols;
    auto value = find(alpn_key).value_or(std::string_view());
    if (!is_alpn(value)) return protocols;
    while (!value.empty()) {
        const auto size = static_cast<std::uint8_t>(value.front());
        protocols.emplace_back(value.substr(1, size));
        value.remove_prefix(std::size_t{1} + size);
    }
    return protocols;
}

std::optional<std::uint16_t> svcb::port() const noexcept {
    const auto value = find(port_key);
    if (!value || value->size() != 2) return std::nullopt;
    return packet::detail::load<std::uint16_t>(const_buffer(*value).data(), std::endian::big);
}

std::vector<net::address> svcb::hints() const {
    std::vector<net::address> found;
    if (const auto bytes = find(ipv4_key)) {
        packet::reader from(const_buffer(*bytes), "ipv4hint");
        while (from.left() >= 4)
            found.emplace_back(from.fields<4>("address").octets<0, 4>());
    }
    if (const auto bytes = find(ipv6_key)) {
        packet::reader from(const_buffer(*bytes), "ipv6hint");
        while (from.left() >= 16)
            found.emplace_back(from.fields<16>("address").octets<0, 16>());
    }
    return found;
}

}  // namespace zocalo::net::dns
