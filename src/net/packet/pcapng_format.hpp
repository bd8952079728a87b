// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// The numbers of capture files that reader and writer share (draft-ietf-opsawg-pcapng,
/// draft-ietf-opsawg-pcap).
namespace zocalo::net::packet {

inline constexpr std::uint32_t pcap_microseconds = 0xA1B2C3D4;
inline constexpr std::uint32_t pcap_nanoseconds = 0xA1B23C4D;

namespace pcapng {

inline constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
inline constexpr std::size_t frame_size = 12;  ///< type and length in front, length again behind

enum block : std::uint32_t {
    section_header = 0x0A0D0D0A,  ///< the same in both byte orders
    interface_description = 1,
    packet_obsolete = 2,
    simple_packet = 3,
    name_resolution = 4,
    interface_statistics = 5,
    enhanced_packet = 6,
    decryption_secrets = 10,
};

enum option : std::uint16_t {
    end_of_options = 0,
    comment = 1,
    section_hardware = 2,
    section_system = 3,
    section_application = 4,
    interface_name = 2,
    interface_text = 3,
    interface_resolution = 9,
    interface_filter = 11,
    interface_time_offset = 14,
    packet_flags = 2,
    statistics_received = 4,
    statistics_dropped = 5,
};

enum name_record : std::uint16_t { name_end = 0, name_ipv4 = 1, name_ipv6 = 2 };

}  // namespace pcapng

}  // namespace zocalo::net::packet
