// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <iosfwd>

#include "zocalo/net/packet/capture.hpp"

/// Writing capture files. Every call writes whole records, so that a file is good after each; the
/// stream is flushed by its owner. std::system_error (io_error) when it refuses bytes. The stream
/// must outlive the writer.
namespace zocalo::net::packet {

/// How a pcap file is laid out.
struct pcap_layout {
    link_type first = link_type::ethernet;
    std::uint32_t snap_length = 262144;
    bool nanoseconds = true;  ///< otherwise microseconds, which every tool reads
    std::endian order = std::endian::native;
};

/// The classic format: one kind of link, packets with their times, nothing else.
class pcap_writer {
 public:
    explicit pcap_writer(std::ostream& out, const pcap_layout& layout = {});
    /// std::invalid_argument for times outside of 1970 to 2106.
    void write(const captured_packet& packet);

 private:
    std::ostream* out_;
    pcap_layout layout_;
};

/// The format that has room for everything else. One section; times in nanoseconds.
class pcapng_writer {
 public:
    explicit pcapng_writer(std::ostream& out, const capture_origin& origin = {},
                           std::endian order = std::endian::native);

    /// Where the following packets were captured; the number to put into them.
    std::uint32_t add_interface(const capture_interface& interface);
    /// std::invalid_argument when its interface was not added, as for the next.
    void write(const captured_packet& packet);
    void write(const capture_statistics& statistics);
    /// Before the packets that they decrypt.
    void write(const capture_secrets& secrets);
    void write(std::span<const capture_name> names);

 private:
    void block(std::uint32_t type, const bytes& body);
    void check(std::uint32_t interface) const;

    std::ostream* out_;
    std::endian order_;
    std::uint32_t interfaces_ = 0;
};

}  // namespace zocalo::net::packet
