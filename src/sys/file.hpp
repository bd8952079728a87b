// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "sys/retry.hpp"
#include "sys/signal.hpp"

namespace zocalo::sys {

inline int open(const char* path, int flags, mode_t mode = 0) noexcept {
    return retry<::open>(path, flags | O_CLOEXEC, mode);
}
/// Never repeated, for the number is given up whatever comes of it, and may already belong to
/// somebody else; so EINTR is no failure.
inline int close(int fd) noexcept {
    const int result = once(::close(fd));
    return result == -EINTR ? 0 : result;
}

inline ssize_t read(int fd, void* data, std::size_t size) noexcept {
    return retry<::read>(fd, data, size);
}
inline ssize_t write(int fd, const void* data, std::size_t size) noexcept {
    return retry<::write>(fd, data, size);
}
inline ssize_t pread(int fd, void* data, std::size_t size, off_t offset) noexcept {
    return retry<::pread>(fd, data, size, offset);
}
/// Only what is in memory; −EAGAIN for what is not, −EOPNOTSUPP where nobody can say.
inline ssize_t pread_cached(int fd, void* data, std::size_t size, off_t offset) noexcept {
    const iovec whole{data, size};
    return retry<::preadv2>(fd, &whole, 1, offset, RWF_NOWAIT);
}
inline ssize_t pwrite(int fd, const void* data, std::size_t size, off_t offset) noexcept {
    return retry<::pwrite>(fd, data, size, offset);
}
inline int ftruncate(int fd, off_t size) noexcept {
    return retry<::ftruncate>(fd, size);
}
inline int fsync(int fd) noexcept {
    return retry<::fsync>(fd);
}
/// Has the disk begin with what was written there.
inline int begin_sync(int fd, off_t place, off_t size) noexcept {
    return retry<::sync_file_range>(fd, place, size, unsigned{SYNC_FILE_RANGE_WRITE});
}
inline ssize_t sendfile(int out, int in, off_t* offset, std::size_t count) noexcept {
    const sigpipe_guard quiet;
    return retry<::sendfile>(out, in, offset, count);
}
/// Whether a byte of a file is in memory: 1, or 0 behind its end; −EAGAIN when it has to be
/// fetched, which begins; −EOPNOTSUPP where the file system cannot tell.
inline ssize_t look_at(int fd, off_t place) noexcept {
    char byte = 0;
    const iovec into{&byte, 1};
    return retry<::preadv2>(fd, &into, 1, place, RWF_NOWAIT);
}
inline off_t lseek(int fd, off_t offset, int whence) noexcept {
    return once(::lseek(fd, offset, whence));
}
inline int fstat(int fd, struct stat* status) noexcept {
    return once(::fstat(fd, status));
}
inline int lstat(const char* path, struct stat* status) noexcept {
    return once(::lstat(path, status));
}
inline int unlink(const char* path) noexcept {
    return once(::unlink(path));
}
inline int rename(const char* from, const char* to) noexcept {
    return once(::rename(from, to));
}
/// The path by which an open file, perhaps one without a name, can be linked: proc(5).
using descriptor_path = std::array<char, 32>;
inline descriptor_path path_of(int fd) noexcept {
    descriptor_path path{"/proc/self/fd/"};
    std::to_chars(path.data() + 14, path.data() + path.size() - 1, fd);
    return path;
}
/// Gives an open file a name.
inline int link_open(int fd, const char* name) noexcept {
    return once(::linkat(AT_FDCWD, path_of(fd).data(), AT_FDCWD, name, AT_SYMLINK_FOLLOW));
}
inline int chmod(const char* path, mode_t mode) noexcept {
    return once(::chmod(path, mode));
}
inline int fchmod(int fd, mode_t mode) noexcept {
    return once(::fchmod(fd, mode));
}
inline int isatty(int fd) noexcept {
    return ::isatty(fd);
}

inline int dup(int fd) noexcept {
    return retry<::fcntl>(fd, F_DUPFD_CLOEXEC, 0);
}
inline int dup_onto(int fd, int wanted) noexcept {
    return retry<::dup2>(fd, wanted);
}
inline int pipe(int (&ends)[2]) noexcept {
    return once(::pipe2(ends, O_CLOEXEC));
}
inline int eventfd(unsigned value) noexcept {
    return once(::eventfd(value, EFD_CLOEXEC | EFD_NONBLOCK));
}

inline int get_descriptor_flags(int fd) noexcept {
    return once(::fcntl(fd, F_GETFD));
}
inline int set_descriptor_flags(int fd, int flags) noexcept {
    return once(::fcntl(fd, F_SETFD, flags));
}
inline int get_status_flags(int fd) noexcept {
    return once(::fcntl(fd, F_GETFL));
}
inline int set_status_flags(int fd, int flags) noexcept {
    return once(::fcntl(fd, F_SETFL, flags));
}

template <class Argument>
inline int ioctl(int fd, unsigned long request, Argument* argument) noexcept {
    return retry<::ioctl>(fd, request, argument);
}

/// For requests that take the number itself.
inline int ioctl_number(int fd, unsigned long request, unsigned long number) noexcept {
    return retry<::ioctl>(fd, request, number);
}

/// Switches O_NONBLOCK on or off; makes no second call when it is already so.
inline int set_nonblocking(int fd, bool on) noexcept {
    const int flags = get_status_flags(fd);
    if (flags < 0) return flags;
    const int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted == flags ? 0 : set_status_flags(fd, wanted);
}

}  // namespace zocalo::sys
