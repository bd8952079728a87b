// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/cursor.hpp"
#include "zocalo/net/packet/link_type.hpp"

/// What capture files hold, as values: packets, and in pcapng what is known about them.
///
/// Formats: libpcap's classic one and pcapng (draft-ietf-opsawg-pcapng). Text is as it stands in
/// the file, a stranger's: show it with escaped() only.
namespace zocalo::net::packet {

using capture_time = std::chrono::sys_time<std::chrono::nanoseconds>;

enum class capture_format { pcap, pcapng };

/// One packet. `data` is a view: of what is written, or of the reader until its next packet.
struct captured_packet {
    std::uint32_t interface = 0;            ///< its place in the list of interfaces
    link_type first = link_type::ethernet;  ///< of that interface; not asked for when writing
    std::optional<capture_time> time = {};  ///< none is written as 1970
    std::span<const std::byte> data = {};
    std::size_t wire_length = 0;  ///< more than data when it was cut; 0 is "as data" when writing
    std::optional<bool> outgoing = {};  ///< pcapng only, as the next
    std::string comment = {};
};

/// Where packets were captured.
struct capture_interface {
    link_type first = link_type::ethernet;
    std::uint32_t snap_length = 0;  ///< longest packet that is kept; 0 is no limit
    std::string name = {};
    std::string description = {};
    std::string filter = {};
    std::string comment = {};

    friend bool operator==(const capture_interface&, const capture_interface&) = default;
};

/// Who made a capture.
struct capture_origin {
    std::string hardware = {};
    std::string system = {};
    std::string application = {};
    std::string comment = {};

    friend bool operator==(const capture_origin&, const capture_origin&) = default;
};

/// What an interface counted.
struct capture_statistics {
    std::uint32_t interface = 0;
    capture_time time = {};
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;

    friend bool operator==(const capture_statistics&, const capture_statistics&) = default;
};

/// Keys that decrypt what was captured: handle like passwords.
struct capture_secrets {
    static constexpr std::uint32_t tls_key_log = 0x544c534b;
    static constexpr std::uint32_t ssh_key_log = 0x5353484b;
    static constexpr std::uint32_t wireguard_key_log = 0x57474b4c;

    std::uint32_t type = tls_key_log;
    bytes data = {};

    friend bool operator==(const capture_secrets&, const capture_secrets&) = default;
};

/// The names of an address.
struct capture_name {
    address ip = {};
    std::vector<std::string> names = {};

    friend bool operator==(const capture_name&, const capture_name&) = default;
};

/// What a file may make a reader hold at once; a file that asks for more is refused.
struct capture_limits {
    std::size_t largest_block = std::size_t{16} << 20;  ///< of pcapng, and a packet of pcap
    std::size_t most_interfaces = 4096;
    /// Bytes of names, statistics, secrets and interfaces, which are kept until the end.
    std::size_t most_kept = std::size_t{64} << 20;
};

}  // namespace zocalo::net::packet
