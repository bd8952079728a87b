// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "zocalo/serve/wire_trace.hpp"

namespace zocalo::program {

enum class wire_part { head, data };

/// Who is told of the parts, in the order of the wire. Bytes are valid during the call only.
using part_watcher = std::function<void(serve::flow which, wire_part part, std::string_view bytes)>;

inline constexpr std::size_t longest_shown_head = std::size_t{256} * 1024;

/// The bytes of a connection of HTTP/1.1, cut into heads and what follows them, without passwords
/// and cookies: their values are `***`. A head is told when it is whole; one that is longer than
/// longest_shown_head, or never ends, in parts.
class http1_split {
 public:
    explicit http1_split(part_watcher watcher);
    /// Tells what there is of a head.
    ~http1_split();
    http1_split(const http1_split&) = delete;
    http1_split& operator=(const http1_split&) = delete;

    void see(serve::flow which, std::string_view bytes);

 private:
    struct direction {
        bool is_head = true;
        std::string head;
    };
    direction& of(serve::flow which) noexcept {
        return directions_[static_cast<std::size_t>(which)];
    }
    void end_head(serve::flow which);
    void tell_head(serve::flow which);

    part_watcher watcher_;
    serve::line_mask mask_;
    std::array<direction, 2> directions_;
};

/// The bytes of a connection of HTTP/2, where each byte of a compressed head is `*`.
class http2_split {
 public:
    explicit http2_split(part_watcher watcher);

    void see(serve::flow which, std::string_view bytes);

 private:
    struct direction {
        std::size_t preface = 0;  ///< bytes of it that are still to come
        std::string header;       ///< of the frame, as far as it came
        std::size_t left = 0;     ///< of its payload
        bool is_hidden = false;
    };
    static std::string shown(direction& in, std::string_view bytes);

    part_watcher watcher_;
    std::array<direction, 2> directions_;
};

}  // namespace zocalo::program
