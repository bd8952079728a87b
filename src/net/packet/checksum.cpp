// SPDX-License-Identifier: MIT
// The sum is kept in 64 bits and folded at the end: carries of 2^48 words fit.
#include "zocalo/net/packet/checksum.hpp"

namespace zocalo::net::packet {

namespace {

std::uint16_t fold(std::uint64_t sum) noexcept {
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

}  // namespace

internet_checksum& internet_checksum::add(const_buffer run) noexcept {
    for (const std::byte byte : std::span<const std::byte>(run)) {
        const auto value = std::to_integer<std::uint64_t>(byte);
        sum_ += odd_ ? value : value << 8;
        odd_ = !odd_;
    }
    return *this;
}

internet_checksum& internet_checksum::add(std::uint16_t number) noexcept {
    sum_ += number;
    return *this;
}

internet_checksum& internet_checksum::add_pseudo_header(const address& source,
                                                        const address& destination,
                                                        ip_protocol protocol,
                                                        std::size_t length) noexcept {
    // The two forms differ only in the width of the length field, which the sum does not see.
    add(const_buffer(source.bytes())).add(const_buffer(destination.bytes()));
    sum_ += (length >> 16) + (length & 0xFFFF) + static_cast<std::uint64_t>(protocol);
    return *this;
}

std::uint16_t internet_checksum::value() const noexcept {
    return static_cast<std::uint16_t>(~fold(sum_) & 0xFFFF);
}

std::uint16_t checksum(const_buffer run) noexcept {
    return internet_checksum{}.add(run).value();
}

std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before,
                               std::uint16_t after) noexcept {
    // HC' = ~(~HC + ~m + m'), RFC 1624 equation 3.
    const auto inverted = [](std::uint16_t n) { return static_cast<std::uint64_t>(~n & 0xFFFF); };
    return static_cast<std::uint16_t>(~fold(inverted(checksum) + inverted(before) + after) &
                                      0xFFFF);
}

}  // namespace zocalo::net::packet
