// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "zocalo/core/buffer.hpp"

/// The payload of permessage-deflate (RFC 7692 §7.2), by zlib.
namespace zocalo::ws::detail {

/// Messages as they are sent.
class compressor {
 public:
    compressor(int window, int level, bool keeps_context);
    compressor(const compressor&) = delete;
    compressor& operator=(const compressor&) = delete;
    ~compressor();

    /// Appends the payload of a frame.
    void put(const_buffer data, bool is_last, std::string& to);
    /// What was put may not arrive: nothing that comes refers to it.
    void forget() noexcept;

 private:
    struct state;
    const std::unique_ptr<state> state_;
    const bool keeps_context_;
};

/// Messages as they were received.
class decompressor {
 public:
    decompressor(int window, bool keeps_context);
    decompressor(const decompressor&) = delete;
    decompressor& operator=(const decompressor&) = delete;
    ~decompressor();

    /// Appends what a piece of payload is, or its first part: at most until `to` has more than
    /// `limit` bytes. `ends_message` when it is the last piece. Throws bad_message for what is no
    /// deflate.
    void put(const_buffer coded, bool ends_message, std::size_t limit, std::string& to);

 private:
    void run(const_buffer coded, std::size_t limit, std::string& to);
    void begin_again();

    struct state;
    const std::unique_ptr<state> state_;
    const bool keeps_context_;
};

}  // namespace zocalo::ws::detail
