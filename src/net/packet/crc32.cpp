// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/crc32.hpp"

namespace zocalo::net::packet {

void append_frame_check(bytes& frame) {
    const std::uint32_t check = crc32(frame);
    writer(frame, std::endian::little).u32(check);
}

bool frame_check_ok(std::span<const std::byte> frame) noexcept {
    if (frame.size() < 4) return false;
    const auto covered = frame.first(frame.size() - 4);
    reader in(frame.last(4), "frame check", 0, std::endian::little);
    return in.u32("sequence") == crc32(covered);
}

}  // namespace zocalo::net::packet
