// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <memory>

#include "zocalo/net/packet/capture.hpp"

namespace zocalo::net::packet {

class capture_source;

/// Reads a capture file of either format, packet by packet, from a stream that is never sought.
///
/// Both byte orders, times of micro- and nanoseconds and of any resolution of pcapng, several
/// sections, and pcapng's obsolete and simple packet blocks are read; blocks that are not known are
/// passed over. protocol_error with the offset says what is wrong with a file; after one, nothing
/// more can be read. The stream must outlive the reader.
class capture_reader {
 public:
    /// Reads the start of the file, which tells the format.
    explicit capture_reader(std::istream& in, const capture_limits& limits = {});
    capture_reader(capture_reader&&) noexcept;
    capture_reader& operator=(capture_reader&&) noexcept;
    ~capture_reader();

    /// The next packet; nothing at the end of the file. What it views lives until the next call.
    [[nodiscard]] std::optional<captured_packet> next();

    [[nodiscard]] capture_format format() const noexcept;

    /// What was met so far. Interfaces of all sections are in one list; pcap has exactly one.
    [[nodiscard]] const std::vector<capture_interface>& interfaces() const noexcept;
    [[nodiscard]] const std::vector<capture_origin>& sections() const noexcept;
    [[nodiscard]] const std::vector<capture_name>& names() const noexcept;
    [[nodiscard]] const std::vector<capture_statistics>& statistics() const noexcept;
    [[nodiscard]] const std::vector<capture_secrets>& secrets() const noexcept;

 private:
    std::unique_ptr<capture_source> source_;
};

}  // namespace zocalo::net::packet
