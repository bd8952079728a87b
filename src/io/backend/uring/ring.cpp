// SPDX-License-Identifier: MIT
#include "io/backend/uring/ring.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "net/fail.hpp"

namespace zocalo::io::detail {

namespace {

/// What a loop of one thread wants, and what older kernels have of it (Linux 6.1, 5.19).
constexpr std::array<unsigned, 3> wishes = {
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN,
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN,
    IORING_SETUP_COOP_TASKRUN,
};
constexpr unsigned always =
    IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_R_DISABLED;

__kernel_timespec as_timespec(std::chrono::nanoseconds span) noexcept {
    const auto whole = std::chrono::floor<std::chrono::seconds>(span);
    return {whole.count(), (span - whole).count()};
}

}  // namespace

ring::ring(unsigned entries, const ring_rights& rights) {
    set_up(entries);
    try {
        require_features();
        restrict_to(rights);
    } catch (...) {
        io_uring_queue_exit(&ring_);
        throw;
    }
}

ring::~ring() {
    io_uring_queue_exit(&ring_);
}

/// More completions than submissions: a multishot answers many times.
void ring::set_up(unsigned entries) {
    int result = -EINVAL;
    for (const unsigned wish : wishes) {
        io_uring_params asked{};
        asked.flags = always | wish;
        asked.cq_entries = entries * 8;
        result = io_uring_queue_init_params(entries, &ring_, &asked);
        if (result != -EINVAL) break;
    }
    if (result < 0) net::fail("open an io_uring (is it forbidden here?)", result);
}

bool ring::supports(unsigned opcode) noexcept {
    const std::unique_ptr<io_uring_probe, decltype(&io_uring_free_probe)> probe(
        io_uring_get_probe_ring(&ring_), io_uring_free_probe);
    // The header of liburing is older than some of the kernel's operations.
    return probe != nullptr && opcode <= probe->last_op &&
           (probe->ops[opcode].flags & IO_URING_OP_SUPPORTED) != 0;
}

/// Multishot receives came with the same kernel as this operation, and have no flag of their own.
void ring::require_features() {
    constexpr unsigned wanted = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;
    if ((ring_.features & wanted) != wanted || !supports(IORING_OP_SEND_ZC))
        net::fail("use io_uring for sockets (Linux 6.0 is the first that can)", -ENOSYS);
}

/// What the kernel does not know cannot be allowed.
void ring::restrict_to(const ring_rights& rights) {
    std::vector<io_uring_restriction> all;
    const auto allow = [&all](std::uint16_t what, std::uint8_t which) {
        io_uring_restriction one{};
        one.opcode = what;
        one.sqe_op = which;
        all.push_back(one);
    };
    for (const std::uint8_t each : rights.operations) {
        if (each <= IORING_OP_SEND_ZC || supports(each)) allow(IORING_RESTRICTION_SQE_OP, each);
    }
    for (const std::uint8_t each : rights.registrations)
        allow(IORING_RESTRICTION_REGISTER_OP, each);
    allow(IORING_RESTRICTION_SQE_FLAGS_ALLOWED, rights.flags);
    // Declared by liburing 2.3 and not exported, as below.
    const int result =
        io_uring_register(static_cast<unsigned>(ring_.ring_fd), IORING_REGISTER_RESTRICTIONS,
                          all.data(), static_cast<unsigned>(all.size()));
    if (result < 0) net::fail("restrict an io_uring", result);
}

bool ring::enter() {
    if (user_ == std::thread::id{}) {
        // liburing 2.3 declares io_uring_enable_rings() and does not export it.
        const auto fd = static_cast<unsigned>(ring_.ring_fd);
        const int result = io_uring_register(fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
        if (result < 0) net::fail("enable an io_uring", result);
    }
    // This spares a look-up in each call, and asks whose it is: the number of a thread that is gone
    // may be that of a new one.
    if (io_uring_register_ring_fd(&ring_) == -EEXIST) return false;
    user_ = std::this_thread::get_id();
    return true;
}

/// What was registered is the thread's: another one, that destroys the ring, has its own.
void ring::leave() noexcept {
    if (ring_.enter_ring_fd != ring_.ring_fd) io_uring_unregister_ring_fd(&ring_);
}

io_uring_sqe& ring::next() {
    io_uring_sqe* free = late_.empty() ? io_uring_get_sqe(&ring_) : nullptr;
    if (free == nullptr && late_.empty()) {
        io_uring_submit(&ring_);
        free = io_uring_get_sqe(&ring_);
    }
    if (free == nullptr) free = &late_.emplace_back();
    *free = {};
    return *free;
}

void ring::move_late() noexcept {
    while (!late_.empty()) {
        io_uring_sqe* const free = io_uring_get_sqe(&ring_);
        if (free == nullptr) return;
        *free = late_.front();
        late_.pop_front();
    }
}

void ring::submit() noexcept {
    do {
        move_late();
        if (io_uring_submit(&ring_) < 0) return;  // the next wait() tries again
    } while (!late_.empty());
}

void ring::wait(zocalo::timeout limit) noexcept {
    if (!late_.empty()) submit();
    if (limit.is_zero() || !late_.empty()) {
        io_uring_submit_and_get_events(&ring_);
        return;
    }
    if (limit.is_none()) {
        io_uring_submit_and_wait(&ring_, 1);
        return;
    }
    __kernel_timespec span = as_timespec(*limit.value());
    io_uring_cqe* first = nullptr;
    io_uring_submit_and_wait_timeout(&ring_, &first, 1, &span, nullptr);
}

bool ring::withdraw(std::uint64_t user_data) noexcept {
    const auto undo = [user_data](io_uring_sqe& each) {
        if (each.user_data != user_data || each.opcode == IORING_OP_ASYNC_CANCEL) return false;
        each = {};
        each.opcode = IORING_OP_NOP;
        each.user_data = user_data;
        return true;
    };
    const unsigned unseen = ring_.sq.sqe_tail - *ring_.sq.khead;
    for (unsigned i = 1; i <= unseen; ++i) {
        if (undo(ring_.sq.sqes[(ring_.sq.sqe_tail - i) & ring_.sq.ring_mask])) return true;
    }
    return std::ranges::any_of(late_, undo);
}

int ring::result_of(std::uint64_t user_data) noexcept {
    io_uring_submit_and_get_events(&ring_);
    unsigned head = 0;
    io_uring_cqe* each = nullptr;
    io_uring_for_each_cqe(&ring_, head, each) {
        if (each->user_data == user_data) return each->res;
    }
    return -EAGAIN;
}

}  // namespace zocalo::io::detail
