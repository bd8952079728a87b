// SPDX-License-Identifier: MIT
// The classic format: a header of 24 bytes, then for each packet 16 bytes and its data.
#include <algorithm>

#include "net/packet/capture_source.hpp"
#include "net/packet/pcapng_format.hpp"

namespace zocalo::net::packet {

namespace {

/// Which machine wrote the file: its magic number reads right in one order only.
std::endian order_of(const bytes& start) {
    const auto little = detail::load<std::uint32_t>(start.data(), std::endian::little);
    const bool is_little = little == pcap_microseconds || little == pcap_nanoseconds;
    return is_little ? std::endian::little : std::endian::big;
}

class pcap_source final : public capture_source {
 public:
    pcap_source(capture_stream in, const bytes& start, const capture_limits& limits)
        : in_(in),
          limits_(limits),
          order_(order_of(start)),
          nanoseconds_(detail::load<std::uint32_t>(start.data(), order_) == pcap_nanoseconds) {
        in_.read_all(data_, 20, "pcap header");
        reader header(data_, "pcap header", 4, order_);
        if (header.u16("version") != 2) header.fail("version", 0, "not 2");
        header.take(10, "reserved");
        capture_interface only;
        only.snap_length = header.u32("snap length");
        // The upper half says whether packets end in a frame check sequence.
        only.first = link_type{static_cast<std::uint16_t>(header.u32("link type") & 0xFFFF)};
        header.check();
        interfaces.push_back(only);
    }

    std::optional<captured_packet> next() override {
        const std::uint64_t start = in_.offset();
        in_.read(data_, 16);
        if (data_.empty()) return std::nullopt;
        reader header(data_, "pcap record", start, order_);
        const std::uint32_t seconds = header.u32("seconds");
        const std::uint32_t fraction = header.u32("fraction");
        const std::size_t size = header.u32("captured length");
        const std::size_t wire = header.u32("length");
        header.check();
        if (size > limits_.largest_block) {
            refuse_capture("pcap record", start, "a packet longer than the limit");
        }
        in_.read_all(data_, size, "packet");
        const auto unit = std::chrono::nanoseconds(nanoseconds_ ? 1 : 1000);
        captured_packet packet;
        packet.first = interfaces.front().first;
        packet.time = capture_time(std::chrono::seconds(seconds) + unit * fraction);
        packet.data = data_;
        packet.wire_length = std::max(wire, size);
        return packet;
    }

 private:
    capture_stream in_;
    capture_limits limits_;
    std::endian order_;
    bool nanoseconds_;
    bytes data_;
};

}  // namespace

std::unique_ptr<capture_source> open_pcap(capture_stream in, const bytes& start,
                                          const capture_limits& limits) {
    return std::make_unique<pcap_source>(in, start, limits);
}

}  // namespace zocalo::net::packet
