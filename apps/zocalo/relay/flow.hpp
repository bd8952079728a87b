// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <system_error>

#include "relay/channel.hpp"
#include "relay/poll_set.hpp"

namespace zocalo::program {

/// One direction: bytes are read from a channel, or pushed, wait here, and are written to another.
///
/// It holds at most `capacity` bytes (in at most `most_chunks` pieces) and one read more: when they
/// are not taken, it stops reading, and the sender has to wait. Packets stay packets when both ends
/// keep them. When the destination fails, the rest is read and forgotten, so that the sender can
/// come to its end.
class flow {
 public:
    static constexpr std::size_t capacity = std::size_t{256} * 1024;
    static constexpr std::size_t most_chunks = 1024;

    /// Changes bytes on their way; the last call has `last` set and possibly nothing to change.
    using filter = std::function<void(std::string& bytes, bool last)>;

    /// The channels must outlive this. Without `from`, bytes come by push(); without `to`, they are
    /// forgotten.
    flow(channel* from, channel* to) noexcept : from_(from), to_(to) {}

    void set_filter(filter change) { filter_ = std::move(change); }
    /// How much one read takes at most: for datagrams that are cut from a stream of bytes.
    void set_piece(std::size_t size) { scratch_.resize(size); }

    [[nodiscard]] bool has_room() const noexcept {
        return !ended_ && waiting_ < capacity && chunks_.size() < most_chunks;
    }
    /// Adds bytes that came from elsewhere; a packet, where packets are kept.
    void push(std::string bytes);
    /// Says that nothing more comes.
    void end();
    /// Stops taking and drops what waits.
    void abandon() noexcept;

    /// Tells poll(2) what this waits for, and then does what has become possible. Returns whether
    /// anything moved.
    void watch(poll_set& set);
    bool step(const poll_set& set);

    /// Whether the source has come to its end, and whether all of it has been written, too.
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] bool drained() const noexcept { return chunks_.empty(); }
    [[nodiscard]] bool finished() const noexcept { return ended_ && drained(); }

    [[nodiscard]] std::uint64_t moved() const noexcept { return moved_; }
    [[nodiscard]] std::error_code read_error() const noexcept { return read_error_; }
    [[nodiscard]] std::error_code write_error() const noexcept { return write_error_; }

 private:
    void read();
    void write();
    void drop() noexcept;

    channel* from_;
    channel* to_;
    filter filter_;
    std::string scratch_;  // where a read lands; made by the first one
    std::deque<std::string> chunks_;
    std::size_t offset_ = 0;   // of the first chunk, that much has been written
    std::size_t waiting_ = 0;  // bytes in chunks_, those that have been written too
    std::uint64_t moved_ = 0;
    bool ended_ = false;
    std::error_code read_error_;
    std::error_code write_error_;
    std::size_t read_index_ = poll_set::none;
    std::size_t write_index_ = poll_set::none;
};

/// The last turn of flows before Ctrl-C ends a program: takes what has arrived by now and writes
/// all that was taken. It goes on neither for a sender that does not stop nor for a reader that
/// takes nothing for a second.
void wind_up(std::span<flow* const> flows);

}  // namespace zocalo::program
