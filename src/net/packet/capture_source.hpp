// SPDX-License-Identifier: MIT
#pragma once

#include <istream>
#include <memory>

#include "zocalo/net/packet/capture.hpp"

/// What capture_reader stands on: one implementation for each format.
namespace zocalo::net::packet {

/// The bytes of a file in order, and where we are in it.
class capture_stream {
 public:
    explicit capture_stream(std::istream& in) noexcept : in_(&in) {}

    /// Replaces `into` with the next `count` bytes; fewer only at the end of the file. Memory grows
    /// with what is really there.
    void read(bytes& into, std::size_t count);
    /// The same; protocol_error that calls the bytes `what` when there are fewer.
    void read_all(bytes& into, std::size_t count, std::string_view what);
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
    std::istream* in_;
    std::uint64_t offset_ = 0;
};

class capture_source {
 public:
    virtual ~capture_source() = default;
    virtual std::optional<captured_packet> next() = 0;

    capture_format format = capture_format::pcap;
    std::vector<capture_interface> interfaces;
    std::vector<capture_origin> sections;
    std::vector<capture_name> names;
    std::vector<capture_statistics> statistics;
    std::vector<capture_secrets> secrets;

 protected:
    capture_source() = default;
    capture_source(const capture_source&) = default;
    capture_source& operator=(const capture_source&) = default;
};

/// `start` is the first four bytes of the file, which are read already.
std::unique_ptr<capture_source> open_pcap(capture_stream in, const bytes& start,
                                          const capture_limits& limits);
std::unique_ptr<capture_source> open_pcapng(capture_stream in, const bytes& start,
                                            const capture_limits& limits);

/// A refusal that shows where.
[[noreturn]] void refuse_capture(std::string_view what, std::uint64_t offset, std::string_view why);

}  // namespace zocalo::net::packet
