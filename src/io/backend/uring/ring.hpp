// SPDX-License-Identifier: MIT
#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <thread>

#include "zocalo/core/deadline.hpp"

namespace zocalo::io::detail {

/// One completion, copied out of the ring.
struct completion {
    std::uint64_t user_data;
    std::int32_t result;
    std::uint32_t flags;
};

/// Gives a slot a descriptor (Linux 6.8); the header of liburing 2.3 does not know it.
inline constexpr std::uint8_t op_fixed_fd_install = 54;

/// What a ring may be asked for from enter() on. Everything else is refused with EACCES, also when
/// somebody who has taken the process over asks (IORING_REGISTER_RESTRICTIONS).
struct ring_rights {
    std::span<const std::uint8_t> operations;
    std::span<const std::uint8_t> registrations;
    std::uint8_t flags = 0;  ///< of submissions
};

/// The two queues shared with the kernel: io_uring_setup(2), io_uring_enter(2).
///
/// Submissions gather until wait() hands them over in one system call, which also waits. The ring
/// is made by one thread and used by the one that enables it, perhaps another one.
class ring {
 public:
    /// Throws std::system_error when the kernel or a container forbids it, or is too old.
    ring(unsigned entries, const ring_rights& rights);
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring();

    /// The calling thread will use it until leave(). False when another one has: the kernel leaves
    /// a ring to the first.
    bool enter();
    void leave() noexcept;
    [[nodiscard]] bool is_mine() const noexcept { return user_ == std::this_thread::get_id(); }

    /// The next submission, to be filled in at once. Never fails: what the kernel cannot take yet
    /// waits here.
    io_uring_sqe& next();
    /// Hands over what was gathered.
    void submit() noexcept;
    /// The same, and waits for a completion: at most that long.
    void wait(zocalo::timeout limit) noexcept;

    /// Takes the oldest completion out: false when there is none.
    bool take(completion& into) noexcept {
        io_uring_cqe* oldest = nullptr;
        if (io_uring_peek_cqe(&ring_, &oldest) != 0 || oldest == nullptr) return false;
        into = {oldest->user_data, oldest->res, oldest->flags};
        io_uring_cqe_seen(&ring_, oldest);
        return true;
    }
    /// How many completions are there.
    [[nodiscard]] unsigned ready() const noexcept { return io_uring_cq_ready(&ring_); }
    /// Looks for a completion without taking it: −EAGAIN when there is none yet.
    [[nodiscard]] int result_of(std::uint64_t user_data) noexcept;

    /// Makes a submission that the kernel has not seen yet do nothing: whether there was one.
    bool withdraw(std::uint64_t user_data) noexcept;

    [[nodiscard]] bool supports(unsigned opcode) noexcept;
    [[nodiscard]] io_uring* get() noexcept { return &ring_; }

 private:
    void set_up(unsigned entries);
    void require_features();
    void restrict_to(const ring_rights& rights);
    void move_late() noexcept;

    io_uring ring_{};
    std::thread::id user_;
    std::deque<io_uring_sqe> late_;  ///< what found the queue full
};

}  // namespace zocalo::io::detail
