// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/tcp.hpp"

#include <stdexcept>
#include <string>

#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/checksum.hpp"
#include "zocalo/net/packet/option_list.hpp"

namespace zocalo::net::packet {

tcp_view::tcp_view(reader& in) noexcept : header_(in.fields<tcp_header::size>("fixed part")) {
    if (in.failed()) return;
    if (header_size() < tcp_header::size) {
        in.fail("data offset", 12, "less than 20 bytes");
        return;
    }
    options_ = in.take(header_size() - tcp_header::size, "options");
    payload_ = in.rest();
}

bool tcp_view::checksum_ok(const address& source, const address& destination) const noexcept {
    return internet_checksum{}
               .add_pseudo_header(source, destination, ip_protocol::tcp,
                                  header_size() + payload_.size())
               .add(header_.all())
               .add(options_)
               .add(payload_)
               .value() == 0;
}

tcp_header tcp_view::header() const {
    return {source_port(), destination_port(), sequence(), acknowledgement(),
            flags(),       window(),           urgent(),   bytes(options_.begin(), options_.end())};
}

void tcp_header::append_to(bytes& out, const_buffer payload, const address& source,
                           const address& destination) const {
    if (options.size() > largest_size - size) {
        throw std::invalid_argument("TCP header: more than 40 bytes of options");
    }
    const std::size_t header_size = size + (options.size() + 3) / 4 * 4;
    const auto offset_and_flags = (header_size / 4) << 12 | (static_cast<unsigned>(flags) & 0x1FF);
    writer to(out);
    to.u16(source_port)
        .u16(destination_port)
        .u32(sequence)
        .u32(acknowledgement)
        .u16(static_cast<std::uint16_t>(offset_and_flags))
        .u16(window)
        .u16(0)
        .u16(urgent)
        .put(options)
        .align(4)
        .put(payload);
    const auto sum = internet_checksum{}
                         .add_pseudo_header(source, destination, ip_protocol::tcp, to.size())
                         .add(to.written())
                         .value();
    to.patch_u16(16, sum);
}

bytes tcp_header::build(const_buffer payload, const address& source,
                        const address& destination) const {
    bytes segment;
    append_to(segment, payload, source, destination);
    return segment;
}

std::string to_string(tcp_flag flags) {
    constexpr const char* names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
    std::string text;
    unsigned bit = 1;
    for (const char* name : names) {
        if ((static_cast<unsigned>(flags) & bit) != 0) {
            if (!text.empty()) text += ',';
            text += name;
        }
        bit <<= 1;
    }
    return text.empty() ? "none" : text;
}

// --- Options ------------------------------------------------------------------------------------

namespace {

enum kind : std::uint8_t {
    maximum_segment_kind = 2,
    window_scale_kind = 3,
    sack_permitted_kind = 4,
    sack_kind = 5,
    timestamps_kind = 8,
};

void take(tcp_options& options, const header_option& option) {
    reader in(option.data, "TCP option");
    switch (option.kind) {
        case maximum_segment_kind:
            options.maximum_segment = in.u16("maximum segment size");
            break;
        case window_scale_kind:
            options.window_scale = in.u8("window scale");
            break;
        case sack_permitted_kind:
            options.sack_permitted = true;
            break;
        case sack_kind:
            while (in.left() != 0 && !in.failed()) {
                const std::uint32_t left = in.u32("left edge");
                options.sack.emplace_back(left, in.u32("right edge"));
            }
            break;
        case timestamps_kind: {
            const std::uint32_t value = in.u32("timestamp");
            options.timestamps = {value, in.u32("timestamp echo")};
            break;
        }
        default:
            return;
    }
    if (in.left() != 0) in.fail("length", in.position(), "longer than its kind");
    in.check();
}

}  // namespace

tcp_options tcp_options::parse(std::span<const std::byte> area) {
    tcp_options options;
    for (const header_option& option : parse_options(area))
        take(options, option);
    return options;
}

bytes tcp_options::build() const {
    bytes area;
    const auto add = [&](kind number, auto fill) {
        bytes data;
        writer to(data);
        fill(to);
        append_option(area, number, data);
    };
    if (maximum_segment) add(maximum_segment_kind, [&](writer& to) { to.u16(*maximum_segment); });
    if (sack_permitted) add(sack_permitted_kind, [](writer&) {});
    if (timestamps) {
        add(timestamps_kind,
            [&](writer& to) { to.u32(timestamps->first).u32(timestamps->second); });
    }
    if (window_scale) add(window_scale_kind, [&](writer& to) { to.u8(*window_scale); });
    if (!sack.empty()) {
        add(sack_kind, [&](writer& to) {
            for (const auto& [left, right] : sack)
                to.u32(left).u32(right);
        });
    }
    while (area.size() % 4 != 0)
        area.push_back(std::byte{header_option::no_operation});
    return area;
}

}  // namespace zocalo::net::packet
