// SPDX-License-Identifier: MIT
#pragma once

#include "net/packet/raw_frame.hpp"
#include "zocalo/net/packet/frame_socket.hpp"

namespace zocalo::net::packet {

/// The receiving side of a TPACKET_V3 ring: blocks of frames, each of which belongs either to the
/// kernel, which fills it, or to the program, which reads it and gives it back.
class frame_ring {
 public:
    /// Before the socket is bound with a type. Throws std::invalid_argument and std::system_error.
    frame_ring(net::socket& socket, const ring_options& options);
    ~frame_ring();
    frame_ring(const frame_ring&) = delete;
    frame_ring& operator=(const frame_ring&) = delete;

    /// The next frame; false when the kernel has not handed any over. What the last one viewed may
    /// be given back.
    [[nodiscard]] bool next(raw_frame& into) noexcept;

 private:
    [[nodiscard]] tpacket_hdr_v1& header_of_block() const noexcept;
    bool take_block() noexcept;
    void give_back() noexcept;

    std::byte* memory_ = nullptr;
    std::size_t block_size_ = 0;
    std::size_t blocks_ = 0;
    std::size_t block_ = 0;
    bool held_ = false;       // the block is ours
    std::uint32_t left_ = 0;  // frames in it that were not handed out yet
    std::byte* frame_ = nullptr;
};

}  // namespace zocalo::net::packet
