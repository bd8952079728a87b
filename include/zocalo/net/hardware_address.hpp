// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

/// The address of a network card (IEEE 802 EUI-48, "MAC address").
namespace zocalo::net {

/// Six bytes; a plain value, printed as `02:00:5e:10:00:01`.
class hardware_address {
 public:
    using bytes_type = std::array<std::uint8_t, 6>;

    constexpr hardware_address() noexcept = default;
    constexpr explicit hardware_address(const bytes_type& bytes) noexcept : bytes_(bytes) {}

    /// ff:ff:ff:ff:ff:ff, to every card on the link.
    static constexpr hardware_address broadcast() noexcept {
        return hardware_address({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
    }

    /// Reads six pairs of hexadecimal digits with `:` or `-` between them.
    ///
    /// Throws std::invalid_argument that shows the text.
    static hardware_address parse(std::string_view text);
    static std::optional<hardware_address> try_parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr const bytes_type& bytes() const noexcept { return bytes_; }

    /// Sent to a group: the lowest bit of the first byte (IEEE 802 §8.2).
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return (bytes_[0] & 1) != 0; }
    /// Given by an administrator or a program and not by the maker.
    [[nodiscard]] constexpr bool is_local() const noexcept { return (bytes_[0] & 2) != 0; }

    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const hardware_address&,
                                      const hardware_address&) noexcept = default;

 private:
    bytes_type bytes_{};
};

std::ostream& operator<<(std::ostream& out, const hardware_address& value);

}  // namespace zocalo::net

template <>
struct std::hash<zocalo::net::hardware_address> {
    std::size_t operator()(const zocalo::net::hardware_address& value) const noexcept;
};
