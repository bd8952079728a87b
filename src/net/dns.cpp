// SPDX-License-Identifier: MIT
// Reading a DNS message (RFC 1035 §4). Everything in it was written by somebody else: each record
// is read by a reader that ends where the record ends, and names are followed backwards only.
#include "zocalo/net/dns.hpp"

#include "net/dns_record.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net::dns {

namespace {

constexpr std::size_t most_hops = 16;
constexpr std::size_t longest_name = 255;  // bytes on the wire, RFC 1035 §2.3.4
constexpr std::uint16_t internet = 1;      // class IN

/// One label in the form of RFC 1035 §5.1.
void append_label(std::string& name, std::span<const std::byte> label) {
    for (const std::byte each : label) {
        const auto c = std::to_integer<std::uint8_t>(each);
        if (c == '.' || c == '\\') {
            name += '\\';
            name += static_cast<char>(c);
        } else if (c > ' ' && c < 0x7F) {
            name += static_cast<char>(c);
        } else {
            name += '\\';
            for (const int unit : {100, 10, 1})
                name += static_cast<char>('0' + c / unit % 10);
        }
    }
}

/// Of one name: how far it may still go.
struct name_limits {
    std::size_t hops = 0;
    std::size_t length = 1;
    std::size_t before;  // where the next pointer must lead before
};

/// Where a pointer leads: only backwards, so that it ends.
packet::reader follow(packet::reader& from, std::uint8_t high, std::span<const std::byte> whole,
                      name_limits& limits) {
    const std::size_t at = from.position() - 1;
    const auto target = static_cast<std::size_t>((high & 0x3F) << 8 | from.u8("pointer"));
    if (target >= limits.before) from.fail("pointer", at, "does not lead backwards");
    if (++limits.hops > most_hops) from.fail("pointer", at, "one of too many");
    from.check();
    limits.before = target;
    packet::reader there(whole, "DNS message");
    there.take(target, "pointer");
    return there;
}

record read_record(packet::reader& from, std::span<const std::byte> whole, bool& is_ours) {
    record read;
    read.owner = read_name(from, whole);
    read.type = static_cast<type>(from.u16("type"));
    is_ours = from.u16("class") == internet;
    const std::uint32_t ttl = from.u32("time to live");
    // One with its highest bit set is zero: RFC 2181 §8.
    read.ttl = std::chrono::seconds(ttl > 0x7FFFFFFF ? 0 : ttl);
    const std::size_t size = from.u16("data length");
    const std::size_t start = from.position();
    from.take(size, "data");
    from.check();
    packet::reader data(whole.first(start + size), "DNS record");
    data.take(start, "data");
    if (is_ours) read.data = read_data(read.type, data, whole);
    return read;
}

void read_section(packet::reader& from, std::span<const std::byte> whole, std::size_t count,
                  std::vector<record>* into) {
    for (std::size_t i = 0; i < count; ++i) {
        bool is_ours = false;
        record one = read_record(from, whole, is_ours);
        if (is_ours && into != nullptr) into->push_back(std::move(one));
    }
}

}  // namespace

std::string read_name(packet::reader& from, std::span<const std::byte> whole) {
    std::string name;
    name_limits limits{.before = from.position()};
    packet::reader jumped(whole, "DNS message");
    packet::reader* at = &from;
    for (;;) {
        const std::size_t start = at->position();
        const std::uint8_t size = at->u8("label");
        at->check();
        if (size == 0) return name;
        if (size >= 0xC0) {
            jumped = follow(*at, size, whole, limits);
            at = &jumped;
            continue;
        }
        if (size > 63) at->fail("label", start, "is of an unknown kind");
        limits.length += std::size_t{1} + size;
        if (limits.length > longest_name) at->fail("name", start, "is longer than 255 bytes");
        const auto label = at->take(size, "label");
        at->check();
        if (!name.empty()) name += '.';
        append_label(name, label);
    }
}

message parse(const_buffer data) {
    const std::span<const std::byte> whole = data;
    packet::reader from(whole, "DNS message");
    message read;
    read.id = from.u16("id");
    const std::uint16_t flags = from.u16("flags");
    read.is_response = (flags & 0x8000) != 0;
    read.is_truncated = (flags & 0x0200) != 0;
    read.code = flags & 0x0F;
    const std::uint16_t questions = from.u16("number of questions");
    const std::uint16_t answers = from.u16("number of answers");
    const std::uint16_t authorities = from.u16("number of authorities");
    const std::uint16_t additional = from.u16("number of additional records");
    if (questions != 1) from.fail("number of questions", 4, "is not 1");
    from.check();
    read.name = read_name(from, whole);
    read.asked = static_cast<type>(from.u16("question type"));
    if (from.u16("question class") != internet) from.fail("question class", 0, "is not IN");
    from.check();
    read_section(from, whole, answers, &read.answers);
    read_section(from, whole, authorities, &read.authorities);
    read_section(from, whole, additional, nullptr);
    if (from.left() != 0) from.fail("end", from.position(), "is followed by more bytes");
    from.check();
    return read;
}

}  // namespace zocalo::net::dns
