// SPDX-License-Identifier: MIT
#include "io/backend/uring/uring_backend.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "io/backend/uring/tag.hpp"
#include "sys/limit.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::io::detail {

namespace {

constexpr std::uint32_t buffer_size = 4096;
constexpr std::uint16_t first_buffers = 256;  // 1 MiB, what a core's own cache holds

/// All that the files of this folder ask for.
constexpr auto operations = std::to_array<std::uint8_t>({
    IORING_OP_NOP,
    IORING_OP_POLL_ADD,
    IORING_OP_ASYNC_CANCEL,
    IORING_OP_ACCEPT,
    IORING_OP_CONNECT,
    IORING_OP_RECV,
    IORING_OP_SEND,
    IORING_OP_CLOSE,
    IORING_OP_OPENAT,
    IORING_OP_READ,
    IORING_OP_WRITE,
    IORING_OP_STATX,
    IORING_OP_SYNC_FILE_RANGE,
    IORING_OP_FSYNC,
    IORING_OP_LINKAT,
    IORING_OP_RENAMEAT,
    IORING_OP_UNLINKAT,
    op_fixed_fd_install,
});
constexpr auto registrations = std::to_array<std::uint8_t>({
    IORING_REGISTER_PROBE,
    IORING_REGISTER_RING_FDS,
    IORING_UNREGISTER_RING_FDS,
    IORING_REGISTER_FILES2,
    IORING_REGISTER_FILES_UPDATE,
});
constexpr ring_rights needed{
    .operations = operations,
    .registrations = registrations,
    .flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT | IOSQE_CQE_SKIP_SUCCESS,
};

/// The number behind "name=" in a list with commas, or `otherwise`.
unsigned number_in(std::string_view list, std::string_view name, unsigned otherwise) {
    while (!list.empty()) {
        const std::string_view item = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), item.size() + 1));
        if (!item.starts_with(name) || item.substr(name.size(), 1) != "=") continue;
        return from_digits<unsigned>(item.substr(name.size() + 1)).value_or(otherwise);
    }
    return otherwise;
}

}  // namespace

uring_options uring_options::from_environment() {
    uring_options made;
    const char* const said = std::getenv("ZOCALO_URING");
    if (said == nullptr) return made;
    made.entries = number_in(said, "entries", made.entries);
    made.buffers = static_cast<std::uint16_t>(number_in(said, "buffers", made.buffers) & 0x7fff);
    return made;
}

uring_backend::uring_backend(const uring_options& sizes) : sizes_(sizes) {
    make_ring();
}

uring_backend::~uring_backend() {
    for (std::uint32_t place = 0; place < table_.size(); ++place) {
        if (table_.at(place).owner != nullptr) table_.at(place).owner->home = nullptr;
    }
    drop_ring();
}

void uring_backend::make_ring() {
    ring_ = std::make_unique<ring>(sizes_.entries, needed);
    try {
        lent_ = buffer_group::make(
            *ring_, {1, buffer_size, std::min(first_buffers, sizes_.buffers), sizes_.buffers});
    } catch (...) {
        drop_ring();
        throw;
    }
    slots_tried_ = false;
    slot_count_ = used_slots_ = 0;
    free_slots_.clear();
}

/// The ring first: the kernel is done with the buffers then.
void uring_backend::drop_ring() noexcept {
    ring_.reset();
    if (lent_ != nullptr) std::exchange(lent_, nullptr)->abandon();
}

/// A ring belongs to the thread that ran it first; between two runs nothing is in it but slots.
void uring_backend::begin_run() {
    if (!ring_->enter()) {
        for (std::uint32_t place = 0; place < table_.size(); ++place) {
            if (table_.at(place).owner != nullptr) {
                throw std::logic_error(
                    "a loop on io_uring that holds connections without a descriptor stays on the "
                    "thread that ran it first");
            }
        }
        drop_ring();
        make_ring();
        ring_->enter();
    }
    near_limit_ = static_cast<int>(sys::descriptor_limit() / 4 * 3);
    await_bell();
}

void uring_backend::end_run() noexcept {
    stop_sweeping();
    stop_all();
    for (std::uint32_t place = 0; place < table_.size(); ++place) {
        if (table_.at(place).owner != nullptr) leave_to_owner(place);
    }
    starved_.clear();
    ring_->leave();
}

int uring_backend::attach(descriptor& which) {
    if (which.home == this) return 0;
    if (which.home != nullptr) return -EBUSY;  // another loop has it
    put(which, which.fileno(), false);
    return 0;
}

/// Pipes, devices and files are done by readiness.
bool uring_backend::is_socket(const socket_entry& which) const noexcept {
    return which.by_slot || static_cast<const system_descriptor*>(which.owner)->is_socket;
}

void uring_backend::put(descriptor& which, std::int32_t number, bool by_slot) {
    which.place = table_.add();
    which.home = this;
    socket_entry& entry = table_.at(which.place);
    entry.owner = &which;
    entry.number = number;
    entry.by_slot = by_slot;
}

void uring_backend::free_if_over(std::uint32_t place) noexcept {
    const socket_entry& entry = table_.at(place);
    if (entry.owner == nullptr && entry.in_kernel == 0) table_.remove(place);
}

/// The request that stays in the kernel holds the socket open: it has to end for the peer to see
/// the end. One that was not submitted yet would find the number's next owner.
void uring_backend::forget(descriptor& which) noexcept {
    const std::uint32_t place = which.place;
    socket_entry& entry = table_.at(place);
    which.home = nullptr;
    entry.owner = nullptr;
    entry.drop_what_came();
    if (entry.receiving != request::none && !entry.stopping) {
        const tag armed{place, entry.receiving, entry.generation};
        if (!ring_->withdraw(armed.packed())) stop(place, entry.receiving);
    }
    if (entry.by_slot) {
        io_uring_sqe& last = ask(place, request::close, IORING_OP_CLOSE);
        last.flags = 0;
        last.fd = 0;
        last.file_index = static_cast<std::uint32_t>(entry.number) + 1;
        if (running() != this && ring_->is_mine()) ring_->submit();
    }
    free_if_over(place);
}

/// Ends what is left in the kernel; no operation is waiting for it any more.
void uring_backend::stop_all() noexcept {
    while (in_kernel_ > 0 || bell_awaited_) {
        io_uring_sqe& all = ring_->next();
        all.opcode = IORING_OP_ASYNC_CANCEL;
        all.fd = -1;
        all.cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
        all.user_data = tag{}.packed();
        ring_->wait(std::chrono::milliseconds(100));
        take_completions();
    }
}

/// A socket is free to be used anywhere; one in a slot of the ring can only stay.
void uring_backend::leave_to_owner(std::uint32_t place) noexcept {
    socket_entry& entry = table_.at(place);
    if (entry.by_slot) return;
    auto& owner = static_cast<system_descriptor&>(*std::exchange(entry.owner, nullptr));
    owner.home = nullptr;
    const bool has_waiting = entry.came != nullptr && !entry.came->waiting.empty();
    if (entry.has_unread() || entry.error != 0 || has_waiting) {
        leftover& rest = owner.leave();
        rest.error = entry.error;
        if (entry.came != nullptr) {
            for (const arrived& each : entry.came->unread)
                rest.bytes.insert(rest.bytes.end(), each.data, each.data + each.size);
            rest.connections = std::move(entry.came->waiting);
        }
    }
    entry.drop_what_came();
    table_.remove(place);
}

void uring_backend::wait(zocalo::timeout limit) {
    if (!starved_.empty()) serve_starved();
    ring_->wait(limit);
    take_completions();
}

}  // namespace zocalo::io::detail
