// SPDX-License-Identifier: MIT
// Capture files of both formats: only the declared error, within the limits, and what was read is
// read back the same from a pcapng file that it is written to.
#include <cstdint>
#include <sstream>

#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/capture_reader.hpp"
#include "zocalo/net/packet/capture_writer.hpp"

namespace packet = zocalo::net::packet;

namespace {

constexpr packet::capture_limits limits{
    .largest_block = 4096, .most_interfaces = 8, .most_kept = 16384};

/// A packet with memory of its own, as the reader's is gone when the next is read.
struct kept_packet {
    explicit kept_packet(const packet::captured_packet& from)
        : packet(from), data(from.data.begin(), from.data.end()) {}

    bool operator==(const kept_packet& other) const {
        return packet.interface == other.packet.interface && packet.first == other.packet.first &&
               packet.time == other.packet.time && data == other.data &&
               packet.wire_length == other.packet.wire_length &&
               packet.outgoing == other.packet.outgoing && packet.comment == other.packet.comment;
    }

    packet::captured_packet packet;
    packet::bytes data;
};

/// What a file is copied to, packet by packet.
class copy {
 public:
    void take(packet::captured_packet one, const packet::capture_reader& from) {
        for (; interfaces_ < from.interfaces().size(); ++interfaces_)
            out_.add_interface(from.interfaces()[interfaces_]);
        constexpr packet::capture_time earliest{};  // that can be written
        one.time = std::max(one.time.value_or(earliest), earliest);
        out_.write(one);
        packets_.emplace_back(one);
    }

    void finish(const packet::capture_reader& from) {
        out_.write(from.names());
        for (const packet::capture_secrets& one : from.secrets())
            out_.write(one);
        packet::capture_reader again(file_);
        for (const kept_packet& one : packets_)
            require(kept_packet(again.next().value()) == one);
        require(!again.next());
        require(again.names() == from.names() && again.secrets() == from.secrets());
        require(std::equal(again.interfaces().begin(), again.interfaces().end(),
                           from.interfaces().begin()));
    }

 private:
    std::stringstream file_;
    packet::pcapng_writer out_{file_};
    std::size_t interfaces_ = 0;
    std::vector<kept_packet> packets_;
};

void within_limits(const packet::capture_reader& in) {
    require(in.interfaces().size() <= limits.most_interfaces);
    std::size_t kept = 0;
    for (const packet::capture_secrets& one : in.secrets())
        kept += one.data.size();
    for (const packet::capture_name& entry : in.names())
        kept += sizeof entry + entry.names.size() * sizeof(std::string);
    require(kept <= limits.most_kept);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream file(std::string(reinterpret_cast<const char*>(data), size));
    std::optional<packet::capture_reader> in;
    copy written;
    try {
        in.emplace(file, limits);
        for (std::size_t count = 0; const auto one = in->next(); ++count) {
            require(count < size / 16 && one->data.size() <= limits.largest_block);
            require(one->wire_length >= one->data.size());
            written.take(*one, *in);
        }
    } catch (const zocalo::protocol_error&) {  // declared
    }
    if (!in) return 0;
    within_limits(*in);
    written.finish(*in);
    return 0;
}
