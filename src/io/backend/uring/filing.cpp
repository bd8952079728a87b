// SPDX-License-Identifier: MIT
// Files: each request is one of the ring's, told from those of sockets by its kind. The operation
// is there until the kernel has answered, so its place among those under way is all that it needs.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/backend/file_operation.hpp"
#include "io/backend/uring/tag.hpp"
#include "io/backend/uring/uring_backend.hpp"
#include "sys/file.hpp"

namespace zocalo::io::detail {

namespace {

using file_request = file_operation::request;

/// What io_uring calls it, or none.
int opcode_of(file_request wanted) noexcept {
    switch (wanted) {
        case file_request::open:
            return IORING_OP_OPENAT;
        case file_request::read:
            return IORING_OP_READ;
        case file_request::write:
            return IORING_OP_WRITE;
        case file_request::size:
            return IORING_OP_STATX;
        case file_request::begin_sync:
            return IORING_OP_SYNC_FILE_RANGE;
        case file_request::sync:
            return IORING_OP_FSYNC;
        case file_request::link:
            return IORING_OP_LINKAT;
        case file_request::close:
            return IORING_OP_CLOSE;
        case file_request::rename:
            return IORING_OP_RENAMEAT;
        case file_request::remove:
            return IORING_OP_UNLINKAT;
        case file_request::truncate:
            break;  // since Linux 6.9 only; a thread does it
    }
    return -1;
}

template <class T>
std::uint64_t address_of(T* what) noexcept {
    return reinterpret_cast<std::uintptr_t>(what);  // NOLINT: the kernel's form
}

void fill_open(io_uring_sqe& made, const file_operation& what) noexcept {
    made.addr = address_of(what.path);
    made.len = what.options.permissions;
    made.open_flags = static_cast<std::uint32_t>(what.open_flags());
}

void fill_transfer(io_uring_sqe& made, const file_operation& what) noexcept {
    made.fd = what.file->fileno();
    made.addr = address_of(what.data);
    made.len = static_cast<std::uint32_t>(std::min<std::size_t>(what.size, 0x7ffff000));
    made.off = what.offset;
}

/// The answer needs room that lasts as long as the operation.
void fill_size(io_uring_sqe& made, file_operation& what) {
    what.notes = std::make_unique<std::byte[]>(sizeof(struct statx));
    made.fd = what.file->fileno();
    made.addr = address_of("");
    made.len = STATX_SIZE;
    made.off = address_of(what.notes.get());
    made.statx_flags = AT_EMPTY_PATH;
}

void fill_link(io_uring_sqe& made, file_operation& what) {
    const sys::descriptor_path path = sys::path_of(what.file->fileno());
    what.notes = std::make_unique<std::byte[]>(path.size());
    std::memcpy(what.notes.get(), path.data(), path.size());
    made.addr = address_of(what.notes.get());
    made.len = static_cast<std::uint32_t>(AT_FDCWD);
    made.addr2 = address_of(what.target);
    made.hardlink_flags = AT_SYMLINK_FOLLOW;
}

void fill_in(io_uring_sqe& made, file_operation& what) {
    switch (what.wanted) {
        case file_request::open:
            return fill_open(made, what);
        case file_request::read:
        case file_request::write:
            return fill_transfer(made, what);
        case file_request::size:
            return fill_size(made, what);
        case file_request::link:
            return fill_link(made, what);
        case file_request::rename:
            made.len = static_cast<std::uint32_t>(AT_FDCWD);
            made.addr2 = address_of(what.target);
            [[fallthrough]];
        case file_request::remove:
            made.addr = address_of(what.path);
            return;
        case file_request::close:
            made.fd = static_cast<system_file*>(what.file)->descriptor.release();
            what.value = static_cast<std::uint64_t>(made.fd);
            return;
        case file_request::begin_sync:
            fill_transfer(made, what);
            made.sync_range_flags = SYNC_FILE_RANGE_WRITE;
            return;
        case file_request::sync:
        case file_request::truncate:
            made.fd = what.file->fileno();
            return;
    }
}

/// A close that was cancelled before it began: the file is as open as before.
void take_back(file_operation& closing) noexcept {
    static_cast<system_file*>(closing.file)->descriptor.reset(static_cast<int>(closing.value));
}

}  // namespace

bool uring_backend::do_file(file_operation& what) {
    const int opcode = opcode_of(what.wanted);
    if (opcode < 0) return backend::do_file(what);
    const auto free = std::ranges::find(files_, nullptr);
    const auto place = static_cast<std::uint32_t>(free - files_.begin());
    if (free == files_.end()) files_.push_back(nullptr);
    io_uring_sqe request{};
    request.opcode = static_cast<std::uint8_t>(opcode);
    request.fd = AT_FDCWD;
    request.user_data = tag{place, request::file, 0}.packed();
    fill_in(request, what);
    ring_->next() = request;
    files_[place] = &what;
    what.wait();
    ++kept_;
    return true;
}

void uring_backend::answer_file(std::uint32_t place, std::int32_t result) {
    file_operation& what = *std::exchange(files_[place], nullptr);
    what.result = result;
    if (what.wanted == file_request::open) what.opened(result);
    if (what.wanted == file_request::close && result == -ECANCELED) take_back(what);
    if (what.wanted == file_request::close && result == -EINTR) what.result = 0;  // it is closed
    if (what.wanted == file_request::size && result >= 0) {
        struct statx status{};
        std::memcpy(&status, what.notes.get(), sizeof status);
        what.value = status.stx_size;
    }
    what.now = operation::state::done;
    --kept_;
    what.complete();
}

/// It ends when the kernel says so: at once when that has not begun.
void uring_backend::cancel_file(file_operation& what) noexcept {
    const auto found = std::ranges::find(files_, &what);
    if (found == files_.end()) return backend::cancel_file(what);
    what.now = operation::state::cancelled;
    io_uring_sqe& made = ring_->next();
    made.opcode = IORING_OP_ASYNC_CANCEL;
    made.fd = -1;
    made.addr = tag{static_cast<std::uint32_t>(found - files_.begin()), request::file, 0}.packed();
    made.user_data = tag{}.packed();
}

}  // namespace zocalo::io::detail
