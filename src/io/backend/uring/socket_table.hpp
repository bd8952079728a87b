// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/backend/descriptor.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::io::detail {

/// What the ring was asked to do on a socket; a part of user_data.
enum class request : std::uint8_t {
    none,      ///< nobody cares about the answer
    bell,      ///< another thread wants to be heard
    install,   ///< a number for a slot
    stop,      ///< cancel another one
    receive,   ///< into the memory of an operation
    stream,    ///< receive again and again, into lent buffers
    arrivals,  ///< accept again and again
    readable,
    writable,
    send,
    connect,
    close,
    file,  ///< of no socket: the place is that among the operations on files
};

/// Bytes that arrived while nobody was reading.
struct arrived {
    std::byte* data;
    std::uint32_t size;
    lender* owner;
};

/// What a socket has that was in use: bytes or connections, those that came first in front.
struct arrivals {
    std::vector<arrived> unread;
    std::vector<unique_fd> waiting;  ///< connections that nobody took yet
    bool brought_some = false;       ///< connections: the request that is on
};

/// A socket as the ring sees it, from its first operation until the kernel's last word about it,
/// which may come after its end. There are many of them, so it is small.
struct socket_entry {
    descriptor* owner = nullptr;     ///< null: closed
    std::uint32_t generation = 0;    ///< so that a late word about a predecessor is known as such
    std::int32_t number = -1;        ///< a descriptor, or a slot of the ring
    std::unique_ptr<arrivals> came;  ///< while nobody was reading, or by accepting; perhaps null
    std::int16_t error = 0;          ///< came while nobody was reading
    std::uint16_t in_kernel = 0;     ///< requests that the kernel has not ended
    request receiving = request::none;  ///< which one of those that bring bytes or connections
    std::uint8_t small_ones = 0;        ///< receives in a row that a lent buffer would have held
    bool by_slot : 1 = false;
    bool ended : 1 = false;          ///< the peer's end came while nobody was reading
    bool stopping : 1 = false;       ///< `receiving` is being cancelled
    bool large : 1 = false;          ///< has more than a lent buffer holds
    bool is_noted : 1 = false;       ///< its request brought bytes, and has not been renewed since
    bool brought_bytes : 1 = false;  ///< since the last sweep
    bool rescued : 1 = false;        ///< receives into memory of the thread

    [[nodiscard]] bool has_unread() const noexcept {
        return came != nullptr && !came->unread.empty();
    }
    /// What came, to be filled in.
    [[nodiscard]] arrivals& coming();
    /// Gives the buffers back and closes the connections.
    void drop_what_came() noexcept;
};

/// The entries, found by place; they do not move.
class socket_table {
 public:
    [[nodiscard]] std::uint32_t add();
    void remove(std::uint32_t place) noexcept;
    [[nodiscard]] socket_entry& at(std::uint32_t place) noexcept {
        return (*pages_[place / page_size])[place % page_size];
    }
    /// All places that were ever used; those that are free now have no owner.
    [[nodiscard]] std::uint32_t size() const noexcept { return used_; }

 private:
    static constexpr std::uint32_t page_size = 64;
    using page = std::array<socket_entry, page_size>;

    std::vector<std::unique_ptr<page>> pages_;
    std::vector<std::uint32_t> free_;
    std::uint32_t used_ = 0;
};

}  // namespace zocalo::io::detail
