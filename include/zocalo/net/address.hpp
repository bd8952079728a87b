// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "zocalo/net/family.hpp"

/// An IP address as a value: IPv4, or IPv6 with its scope.
namespace zocalo::net {

/// One IPv4 or IPv6 address; a plain value of 24 bytes that can be compared, hashed and used in
/// constants.
///
/// Text is read by two functions that are kept apart, because programs that confuse them have been
/// tricked into talking to addresses that they meant to refuse (RFC 6943 §3.1.1): `parse` takes
/// only the standard form, `parse_liberal` also every spelling of inet_aton(3). Order: IPv4 before
/// IPv6, then by number, then by scope. The default value is 0.0.0.0.
class address {
 public:
    using v4_bytes = std::array<std::uint8_t, 4>;
    using v6_bytes = std::array<std::uint8_t, 16>;

    constexpr address() noexcept = default;

    /// From bytes in network order.
    constexpr explicit address(const v4_bytes& bytes) noexcept {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes_[i] = bytes[i];
    }

    /// From bytes in network order; `scope` is the index of an interface for link-local addresses,
    /// or 0.
    constexpr explicit address(const v6_bytes& bytes, std::uint32_t scope = 0) noexcept
        : bytes_(bytes), scope_(scope), is_v6_(true) {}

    /// From a number in host order: 0x7f000001, which is 2130706433, is 127.0.0.1.
    constexpr explicit address(std::uint32_t v4) noexcept
        : address(v4_bytes{
              static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16 & 0xFF),
              static_cast<std::uint8_t>(v4 >> 8 & 0xFF), static_cast<std::uint8_t>(v4 & 0xFF)}) {}

    /// `a.b.c.d`.
    static constexpr address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                std::uint8_t d) noexcept {
        return address(v4_bytes{a, b, c, d});
    }

    static constexpr address any_v4() noexcept { return {}; }
    static constexpr address any_v6() noexcept { return address(v6_bytes{}); }
    static constexpr address loopback_v4() noexcept { return v4(127, 0, 0, 1); }
    static constexpr address loopback_v6() noexcept {
        return address(v6_bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    }
    static constexpr address broadcast() noexcept { return v4(255, 255, 255, 255); }

    /// Reads the standard form only: `192.0.2.1` (four decimal numbers, no leading zeros) or RFC
    /// 4291 §2.2 text with an optional `%scope`, which is the number or the name of an interface.
    ///
    /// Throws std::invalid_argument that shows the text and says what is wrong with it.
    static address parse(std::string_view text);

    /// The same, with nothing in place of an error.
    static constexpr std::optional<address> try_parse(std::string_view text) noexcept;

    /// Reads also what inet_aton(3) reads: one to four parts, each decimal, octal (`0177`) or
    /// hexadecimal
    /// (`0x7f`), the last one filling the bytes that are left: `127.1`, `0x7f.1`, `2130706433`.
    ///
    /// For text that a person typed. Never decide about access with it.
    static address parse_liberal(std::string_view text);
    static constexpr std::optional<address> try_parse_liberal(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool is_v4() const noexcept { return !is_v6_; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return is_v6_; }
    /// family::inet or family::inet6.
    [[nodiscard]] constexpr net::family family() const noexcept {
        return is_v6_ ? net::family::inet6 : net::family::inet;
    }

    /// The 4 or 16 bytes in network order; they live as long as this object.
    [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const noexcept {
        return std::span(bytes_).first(is_v6_ ? 16 : 4);
    }

    /// The number of an IPv4 address in host order. Requires is_v4().
    [[nodiscard]] constexpr std::uint32_t to_uint() const noexcept {
        return std::uint32_t{bytes_[0]} << 24 | std::uint32_t{bytes_[1]} << 16 |
               std::uint32_t{bytes_[2]} << 8 | bytes_[3];
    }

    /// Index of the interface that a link-local IPv6 address belongs to; 0 when not said (RFC
    /// 4007).
    [[nodiscard]] constexpr std::uint32_t scope() const noexcept { return scope_; }
    [[nodiscard]] constexpr address with_scope(std::uint32_t scope) const noexcept {
        address copy = *this;
        if (is_v6_) copy.scope_ = scope;
        return copy;
    }

    /// 0.0.0.0 or ::.
    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return *this == (is_v6_ ? any_v6() : any_v4());
    }
    /// 127.0.0.0/8, ::1, or the first one mapped.
    [[nodiscard]] constexpr bool is_loopback() const noexcept;
    /// 224.0.0.0/4 or ff00::/8.
    [[nodiscard]] constexpr bool is_multicast() const noexcept {
        return is_v6_ ? bytes_[0] == 0xFF : bytes_[0] >> 4 == 0xE;
    }
    /// 169.254.0.0/16 (RFC 3927) or fe80::/10.
    [[nodiscard]] constexpr bool is_link_local() const noexcept {
        return is_v6_ ? bytes_[0] == 0xFE && (bytes_[1] & 0xC0) == 0x80
                      : bytes_[0] == 169 && bytes_[1] == 254;
    }
    /// 255.255.255.255.
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return *this == broadcast(); }
    /// ::ffff:0:0/96, the form in which an IPv6 socket shows an IPv4 peer.
    [[nodiscard]] constexpr bool is_v4_mapped() const noexcept {
        if (!is_v6_ || bytes_[10] != 0xFF || bytes_[11] != 0xFF) return false;
        for (std::size_t i = 0; i < 10; ++i) {
            if (bytes_[i] != 0) return false;
        }
        return true;
    }
    /// Not usable between networks: RFC 1918, RFC 6598, unique local, loopback, link-local,
    /// documentation and the other blocks that IANA's special-purpose registries mark as not
    /// globally reachable (RFC 6890). IPv4 within IPv6 (mapped, RFC 6052) counts as itself.
    [[nodiscard]] bool is_private() const noexcept;
    /// Neither private nor multicast nor unspecified: may be met on the Internet.
    [[nodiscard]] bool is_global() const noexcept;

    /// An IPv4 address as ::ffff:a.b.c.d; an IPv6 address unchanged.
    [[nodiscard]] constexpr address mapped() const noexcept {
        if (is_v6_) return *this;
        return address(v6_bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, bytes_[0], bytes_[1],
                                bytes_[2], bytes_[3]});
    }
    /// The IPv4 address within a mapped one; any other unchanged.
    [[nodiscard]] constexpr address unmapped() const noexcept {
        return is_v4_mapped() ? v4(bytes_[12], bytes_[13], bytes_[14], bytes_[15]) : *this;
    }

    /// The next address by number; nothing after the last one. The scope stays.
    [[nodiscard]] constexpr std::optional<address> next() const noexcept {
        address copy = *this;
        for (std::size_t left = bytes().size(); left > 0; --left) {
            const std::size_t i = left - 1;
            copy.bytes_[i] = static_cast<std::uint8_t>((copy.bytes_[i] + 1) & 0xFF);
            if (copy.bytes_[i] != 0) return copy;
        }
        return std::nullopt;
    }

    /// `192.0.2.1`, or RFC 5952 text with `%index` when there is a scope.
    [[nodiscard]] std::string to_string() const;
    /// All eight groups in full: `2001:0db8:0000:...`; an IPv4 address as to_string().
    [[nodiscard]] std::string exploded() const;
    /// The name to look up for a name: `1.2.0.192.in-addr.arpa` or nibbles under `ip6.arpa` (RFC
    /// 1035, 3596).
    [[nodiscard]] std::string reverse_pointer() const;

    friend constexpr bool operator==(const address&, const address&) noexcept = default;
    friend constexpr std::strong_ordering operator<=>(const address& a, const address& b) noexcept {
        if (a.is_v6_ != b.is_v6_) return a.is_v6_ <=> b.is_v6_;
        if (const auto order = a.bytes_ <=> b.bytes_; order != 0) return order;
        return a.scope_ <=> b.scope_;
    }

 private:
    v6_bytes bytes_{};  // an IPv4 address uses the first four, the others stay 0
    std::uint32_t scope_ = 0;
    bool is_v6_ = false;
};

std::ostream& operator<<(std::ostream& out, const address& value);

constexpr bool address::is_loopback() const noexcept {
    const address plain = unmapped();
    return plain.is_v6_ ? plain.with_scope(0) == loopback_v6() : plain.bytes_[0] == 127;
}

}  // namespace zocalo::net

#include "zocalo/net/address_text.hpp"

template <>
struct std::hash<zocalo::net::address> {
    std::size_t operator()(const zocalo::net::address& value) const noexcept;
};
