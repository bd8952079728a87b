// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/capture_writer.hpp"

#include <algorithm>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <system_error>

#include "net/packet/pcapng_format.hpp"

namespace zocalo::net::packet {

namespace {

void put(std::ostream& out, const bytes& run) {
    out.write(reinterpret_cast<const char*>(run.data()), static_cast<std::streamsize>(run.size()));
    if (!out) {
        throw std::system_error(std::make_error_code(std::errc::io_error), "write capture file");
    }
}

constexpr std::size_t longest = std::numeric_limits<std::uint32_t>::max();

/// `most` leaves room for what frames a record.
std::uint32_t length(std::size_t size, std::size_t most = longest - 4096) {
    if (size > most) {
        throw std::invalid_argument("capture file: a record of " + std::to_string(size) +
                                    " bytes is too long");
    }
    return static_cast<std::uint32_t>(size);
}

/// The length on the wire is never below what was kept of it.
std::uint32_t wire_length(const captured_packet& packet) {
    return length(std::max(packet.wire_length, packet.data.size()), longest);
}

}  // namespace

// --- pcap ---------------------------------------------------------------------------------------

pcap_writer::pcap_writer(std::ostream& out, const pcap_layout& layout)
    : out_(&out), layout_(layout) {
    bytes header;
    writer(header, layout.order)
        .u32(layout.nanoseconds ? pcap_nanoseconds : pcap_microseconds)
        .u16(2)
        .u16(4)
        .zeros(8)
        .u32(layout.snap_length)
        .u32(static_cast<std::uint32_t>(layout.first));
    put(out, header);
}

void pcap_writer::write(const captured_packet& packet) {
    const auto time = packet.time.value_or(capture_time{});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto count = seconds.time_since_epoch().count();
    if (!std::in_range<std::uint32_t>(count)) {
        throw std::invalid_argument("pcap record: a time outside of 1970 to 2106");
    }
    const auto fraction = (time - seconds).count() / (layout_.nanoseconds ? 1 : 1000);
    bytes record;
    writer(record, layout_.order)
        .u32(static_cast<std::uint32_t>(count))
        .u32(static_cast<std::uint32_t>(fraction))
        .u32(length(packet.data.size()))
        .u32(wire_length(packet))
        .put(packet.data);
    put(*out_, record);
}

// --- pcapng -------------------------------------------------------------------------------------

namespace {

constexpr std::uint8_t nanosecond_resolution = 9;  // 10^-9

void put_option(writer& to, std::uint16_t code, const_buffer value) {
    if (value.size() > 65535) {
        throw std::invalid_argument("pcapng option: " + std::to_string(value.size()) +
                                    " bytes are more than 65535");
    }
    to.u16(code).u16(static_cast<std::uint16_t>(value.size())).put(value).align(4);
}

void put_text(writer& to, std::uint16_t code, const std::string& text) {
    if (!text.empty()) put_option(to, code, text);
}

void put_number(writer& to, std::uint16_t code, std::uint64_t value) {
    to.u16(code).u16(8).u64(value);
}

void put_end(writer& to) {
    to.u16(pcapng::end_of_options).u16(0);
}

void put_time(writer& to, capture_time time) {
    const auto count = time.time_since_epoch().count();
    if (count < 0) throw std::invalid_argument("pcapng: a time before 1970");
    const auto units = static_cast<std::uint64_t>(count);
    to.u32(static_cast<std::uint32_t>(units >> 32))
        .u32(static_cast<std::uint32_t>(units & 0xFFFFFFFF));
}

}  // namespace

pcapng_writer::pcapng_writer(std::ostream& out, const capture_origin& origin, std::endian order)
    : out_(&out), order_(order) {
    bytes body;
    writer to(body, order);
    to.u32(pcapng::byte_order_magic).u16(1).u16(0);
    to.u64(std::numeric_limits<std::uint64_t>::max());  // the length of the section is not known
    put_text(to, pcapng::comment, origin.comment);
    put_text(to, pcapng::section_hardware, origin.hardware);
    put_text(to, pcapng::section_system, origin.system);
    put_text(to, pcapng::section_application, origin.application);
    put_end(to);
    block(pcapng::section_header, body);
}

void pcapng_writer::block(std::uint32_t type, const bytes& body) {
    const std::uint32_t whole = length(body.size() + pcapng::frame_size);
    bytes framed;
    writer(framed, order_).u32(type).u32(whole).put(body).u32(whole);
    put(*out_, framed);
}

void pcapng_writer::check(std::uint32_t interface) const {
    if (interface >= interfaces_) {
        throw std::invalid_argument("pcapng: interface " + std::to_string(interface) +
                                    " was not added");
    }
}

std::uint32_t pcapng_writer::add_interface(const capture_interface& interface) {
    bytes body;
    writer to(body, order_);
    to.u16(static_cast<std::uint16_t>(interface.first)).u16(0).u32(interface.snap_length);
    put_text(to, pcapng::comment, interface.comment);
    put_text(to, pcapng::interface_name, interface.name);
    put_text(to, pcapng::interface_text, interface.description);
    put_option(to, pcapng::interface_resolution, const_buffer(&nanosecond_resolution, 1));
    if (!interface.filter.empty()) {
        put_option(to, pcapng::interface_filter, std::string(1, '\0') + interface.filter);
    }
    put_end(to);
    block(pcapng::interface_description, body);
    return interfaces_++;
}

void pcapng_writer::write(const captured_packet& packet) {
    check(packet.interface);
    bytes body;
    writer to(body, order_);
    to.u32(packet.interface);
    put_time(to, packet.time.value_or(capture_time{}));
    to.u32(length(packet.data.size())).u32(wire_length(packet)).put(packet.data).align(4);
    if (packet.outgoing) to.u16(pcapng::packet_flags).u16(4).u32(*packet.outgoing ? 2 : 1);
    put_text(to, pcapng::comment, packet.comment);
    put_end(to);
    block(pcapng::enhanced_packet, body);
}

void pcapng_writer::write(const capture_statistics& statistics) {
    check(statistics.interface);
    bytes body;
    writer to(body, order_);
    to.u32(statistics.interface);
    put_time(to, statistics.time);
    put_number(to, pcapng::statistics_received, statistics.received);
    put_number(to, pcapng::statistics_dropped, statistics.dropped);
    put_end(to);
    block(pcapng::interface_statistics, body);
}

void pcapng_writer::write(const capture_secrets& secrets) {
    bytes body;
    writer(body, order_)
        .u32(secrets.type)
        .u32(length(secrets.data.size()))
        .put(secrets.data)
        .align(4);
    block(pcapng::decryption_secrets, body);
}

void pcapng_writer::write(std::span<const capture_name> names) {
    bytes body;
    writer to(body, order_);
    for (const capture_name& entry : names) {
        bytes record;
        writer(record).put(const_buffer(entry.ip.bytes()));
        for (const std::string& name : entry.names) {
            if (name.empty() || name.find('\0') != std::string::npos) {
                throw std::invalid_argument("pcapng names: a name that is empty or has a NUL");
            }
            writer(record).put(name).u8(0);
        }
        put_option(to, entry.ip.is_v4() ? pcapng::name_ipv4 : pcapng::name_ipv6, record);
    }
    to.u16(pcapng::name_end).u16(0);
    block(pcapng::name_resolution, body);
}

}  // namespace zocalo::net::packet
