// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/ws/types.hpp"

/// Frames (RFC 6455 §5.2).
namespace zocalo::ws {

/// What payload is combined with, byte for byte, on its way to a server.
using mask_key = std::array<std::byte, 4>;

/// What stands before the payload.
struct frame_head {
    opcode what = opcode::text;
    bool is_last = true;         ///< of its message (FIN)
    bool is_compressed = false;  ///< RSV1, which permessage-deflate uses
    std::optional<mask_key> mask = std::nullopt;
    std::uint64_t size = 0;  ///< of the payload

    friend bool operator==(const frame_head&, const frame_head&) = default;
};

/// A head, and how many bytes it took.
struct received_head {
    frame_head head;
    std::size_t used = 0;
};

/// The head at the beginning of these bytes; nothing when more have to come.
///
/// Throws bad_message, as early as that can be known, for reserved bits and opcodes, for a size
/// that is not written in the fewest bytes or has its highest bit set, and for control frames that
/// are longer than 125 bytes, compressed or not the last of their message.
[[nodiscard]] std::optional<received_head> read_frame_head(const_buffer from);

void append_frame_head(const frame_head& head, std::string& to);

/// Puts a mask on payload, or takes it off; `offset` is how much of the payload came before.
void apply_mask(mutable_buffer payload, const mask_key& mask, std::uint64_t offset = 0) noexcept;

}  // namespace zocalo::ws
