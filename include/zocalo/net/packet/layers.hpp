// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/packet/link_type.hpp"

/// A frame taken apart for people: what its headers are and say.
///
/// Programs that act on frames use the views; this is for showing them. All text is one line and
/// safe to print, for the bytes are a stranger's.
namespace zocalo::net::packet {

/// One field as it is shown.
struct layer_field {
    std::string name;
    std::string value;
};

/// One header, or the data at the end.
struct layer {
    std::string name;        ///< `Ethernet`, `IPv4`, `TCP`, ..., `data`, or `malformed`
    std::size_t offset = 0;  ///< of its first byte in the frame
    std::size_t size = 0;    ///< of the header, without what it carries
    std::vector<layer_field> fields;
    std::string summary;  ///< what a one-line description says about it
};

/// The headers of a frame from the outside in, as far as they are known and well formed. A header
/// that is neither ends the list as `malformed`, with the reason. Frames that a capture has cut are
/// read as far as they go.
[[nodiscard]] std::vector<layer> dissect(const_buffer frame, link_type first = link_type::ethernet);

/// The frame on one line, much as tcpdump has it:
/// `IPv4 192.0.2.1 > 192.0.2.2, TCP 48437 > 80 SYN seq 1 ack 0 win 64240, 0 bytes`.
[[nodiscard]] std::string describe(const_buffer frame, link_type first = link_type::ethernet);

/// One line for each header with all of its fields below, indented.
[[nodiscard]] std::string describe_layers(const_buffer frame,
                                          link_type first = link_type::ethernet);

}  // namespace zocalo::net::packet
