// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zocalo/core/buffer.hpp"

namespace zocalo::http {

/// What an engine has to say about the bytes that it was given.
enum class event : std::uint8_t {
    need_data,  ///< more has to come first
    paused,     ///< it is this end's turn: the response, or the next request
    interim,    ///< client: a response with 1xx is there; the real one comes later
    head,       ///< the head of a message is there
    data,       ///< some content
    end,        ///< the message is complete; its trailers are there
    closed,     ///< nothing more will come, and nothing is missing
    switched,   ///< what follows belongs to another protocol: an upgrade, or a tunnel
};

/// "need_data"
[[nodiscard]] std::string_view to_text(event what) noexcept;

/// An event, and how much of the bytes it took.
struct incoming {
    event what = event::need_data;
    std::size_t used = 0;    ///< so many bytes are done with, those of `data` among them
    const_buffer data = {};  ///< of event::data: part of the bytes that were given
};

}  // namespace zocalo::http
