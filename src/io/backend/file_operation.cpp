// SPDX-License-Identifier: MIT
#include "io/backend/file_operation.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/misuse.hpp"
#include "sys/file.hpp"

namespace zocalo::io::detail {

namespace {

int size_of(int fd, std::uint64_t& size) noexcept {
    struct stat status{};
    const int result = sys::fstat(fd, &status);
    size = static_cast<std::uint64_t>(status.st_size);
    return result;
}

}  // namespace

opened_file::~opened_file() {
    if (under_way > 0) closed_while_busy();
}

void system_file::drop_name(const std::string& path) noexcept {
    sys::unlink(path.c_str());
}

file_operation::file_operation(request which, opened_file* on_what) noexcept
    : wanted(which), file(on_what) {}

bool file_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (file != nullptr && file->realm() != in.engine().realm()) {
        throw std::logic_error("a file is used in another realm than that where it was opened");
    }
    if (!enlist(in, who)) return false;
    if (file != nullptr) ++file->under_way;
    has_begun_ = true;
    return in.engine().do_file(*this);
}

void file_operation::finish() noexcept {
    if (has_begun_ && file != nullptr) --file->under_way;
}

void file_operation::cancel() noexcept {
    if (now == state::waiting) where->engine().cancel_file(*this);
}

/// Nothing of it may wait for a peer: a pipe that somebody named is opened without one.
int file_operation::open_flags() const noexcept {
    int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    flags |= options.writable || options.unnamed ? O_RDWR : O_RDONLY;
    if (options.unnamed) return flags | O_TMPFILE;
    if (options.create) flags |= O_CREAT;
    if (options.create && options.must_be_new) flags |= O_EXCL;
    if (options.empty) flags |= O_TRUNC;
    if (options.append) flags |= O_APPEND;
    return flags;
}

void file_operation::opened(int fd) noexcept {
    result = fd;
    if (fd < 0) return;
    unique_fd owner(fd);
    made.reset(new (std::nothrow) system_file(std::move(owner)));
    result = made == nullptr ? -ENOMEM : 0;
}

/// With system calls, on a thread that may wait.
void file_operation::work() noexcept {
    const int fd = file == nullptr ? -1 : file->fileno();
    const auto place = static_cast<off_t>(offset);
    switch (wanted) {
        case request::open:
            return opened(sys::open(path, open_flags(), options.permissions));
        case request::read:
            result = static_cast<std::int32_t>(sys::pread(fd, data, size, place));
            return;
        case request::write:
            result = static_cast<std::int32_t>(sys::pwrite(fd, data, size, place));
            return;
        case request::size:
            result = size_of(fd, value);
            return;
        case request::truncate:
            result = sys::ftruncate(fd, place);
            return;
        case request::begin_sync:
            result = sys::begin_sync(fd, place, static_cast<off_t>(size));
            return;
        case request::sync:
            result = sys::fsync(fd);
            return;
        case request::link:
            result = sys::link_open(fd, target);
            return;
        case request::close:
            result = sys::close(static_cast<system_file*>(file)->descriptor.release());
            return;
        case request::rename:
            result = sys::rename(path, target);
            return;
        case request::remove:
            result = sys::unlink(path);
            return;
    }
}

}  // namespace zocalo::io::detail
