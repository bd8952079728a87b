// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/net/address.hpp"

namespace zocalo::url {

/// The host of a URL in the one spelling by which hosts are compared: in a pool of connections,
/// for cookies, for passwords.
///
/// Names are ASCII (IDNA 2008) in lower case without escapes and without a dot at their end;
/// addresses as net::address prints them, IPv6 in brackets. So whoever looks a name up in a table
/// cannot be passed by another spelling of it. Every host::parse() of to_string() gives the same.
class host {
 public:
    /// Reads a host as it stands in a URL, escapes and all, or as a person writes it:
    /// `EXAMPLE.org.`, `b%C3%BCcher.example`, `192.0.2.1`, `[2001:db8::1]`; IPv6 without brackets
    /// too. `[fe80::1%25eth0]` is an address of the link at that interface (RFC 6874).
    ///
    /// Refuses what is a name to one program and an address to another: `127.1`, `0177.0.0.1`,
    /// `2130706433`, `0x7f.1`, and names whose last label is a number. Throws
    /// std::invalid_argument that shows the text and says what is wrong with it.
    static host parse(std::string_view text);
    /// The same, with nothing in place of an error.
    static std::optional<host> try_parse(std::string_view text);

    /// As it stands in a URL.
    [[nodiscard]] const std::string& to_string() const noexcept { return text_; }
    /// As one connects to it, and as certificates have it: IPv6 without brackets, `fe80::1%eth0`.
    [[nodiscard]] std::string_view name() const noexcept;
    /// As other hosts are told it: they have interfaces of their own.
    [[nodiscard]] std::string without_zone() const;
    /// The address, when it is one and no name; nothing when there is no such interface.
    [[nodiscard]] std::optional<net::address> address() const noexcept;

    friend bool operator==(const host&, const host&) noexcept = default;
    friend std::strong_ordering operator<=>(const host&, const host&) noexcept = default;

 private:
    explicit host(std::string text) noexcept : text_(std::move(text)) {}
    host(std::string text, std::string zoned) noexcept
        : text_(std::move(text)), zoned_(std::move(zoned)) {}

    std::string text_;
    std::string zoned_;  ///< the name of an address with a zone, else empty
};

std::ostream& operator<<(std::ostream& out, const host& value);

}  // namespace zocalo::url

template <>
struct std::hash<zocalo::url::host> {
    std::size_t operator()(const zocalo::url::host& value) const noexcept {
        return std::hash<std::string>{}(value.to_string());
    }
};
