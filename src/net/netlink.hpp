// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/error.hpp"

/// Netlink's messages and attributes (netlink(7), rtnetlink(7)), read within their bounds.
namespace zocalo::net {

using byte_span = std::span<const std::byte>;

[[noreturn]] inline void malformed_netlink(std::string_view what) {
    throw protocol_error("netlink: " + std::string(what));
}

/// The fixed structure that a message begins with; protocol_error when there are not bytes enough.
template <class Struct>
Struct read_struct(byte_span bytes, std::string_view what) {
    if (bytes.size() < sizeof(Struct)) malformed_netlink(std::string(what) + " is cut off");
    Struct value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

struct netlink_message {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint32_t sequence = 0;
    byte_span payload;
    byte_span whole;  // with its header and padding
};

/// Takes the next message off the front of `rest`; nothing at the end.
std::optional<netlink_message> next_message(byte_span& rest);

struct netlink_attribute {
    std::uint16_t type = 0;
    byte_span payload;

    /// The payload as one number of exactly that size.
    template <class Number>
    [[nodiscard]] Number as() const {
        if (payload.size() != sizeof(Number)) {
            malformed_netlink("attribute " + std::to_string(type) + " has " +
                              std::to_string(payload.size()) + " bytes instead of " +
                              std::to_string(sizeof(Number)));
        }
        return read_struct<Number>(payload, "an attribute");
    }
    /// The payload as text up to its NUL.
    [[nodiscard]] std::string text() const;
};

/// The same for attributes.
std::optional<netlink_attribute> next_attribute(byte_span& rest);

/// Everything that the kernel answers to a dump request of that type (RTM_GETLINK, ...), as
/// messages one after the other.
std::vector<std::byte> netlink_dump(std::uint16_t request);

}  // namespace zocalo::net
