// SPDX-License-Identifier: MIT
#include "closing/closes.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace {

std::atomic<zocalo::tests::failing_closes*> watching = nullptr;

/// Which numbers are strangers'.
std::array<std::atomic<bool>, 65'536> strangers;

int really_close(int fd) noexcept {
    return static_cast<int>(::syscall(SYS_close, fd));
}

}  // namespace

/// The program's own comes before that of the C library, and before the one of a sanitizer. The
/// thread sanitizer thus never hears that a descriptor is new: it may pass over a race of two that
/// had the same number, and invents none.
extern "C" int close(int fd) {
    zocalo::tests::failing_closes* const watch = watching;
    return watch == nullptr ? really_close(fd) : watch->close(fd);
}

namespace zocalo::tests {

failing_closes::failing_closes(int error, std::uint64_t n) : error_(error), n_(n) {
    int both[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) != 0)
        throw std::runtime_error("no pair of sockets");
    stranger_ = both[0];
    peer_ = both[1];
    if (::send(peer_, "s", 1, 0) != 1) throw std::runtime_error("a pair of sockets does not send");
    watching = this;
}

failing_closes::~failing_closes() {
    watching = nullptr;
    for (std::size_t fd = 0; fd < strangers.size(); ++fd) {
        if (strangers[fd].exchange(false)) really_close(static_cast<int>(fd));
    }
    really_close(stranger_);
    really_close(peer_);
}

bool failing_closes::strangers_are_untouched() const {
    char room[2];
    const bool nothing_came = ::recv(peer_, room, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
    return nothing_came && ::recv(stranger_, room, 2, MSG_DONTWAIT | MSG_PEEK) == 1;
}

bool failing_closes::is_stranger(int fd) const noexcept {
    const auto number = static_cast<std::size_t>(fd);
    return fd >= 0 && number < strangers.size() && strangers[number];
}

bool failing_closes::move_in(int fd) noexcept {
    if (static_cast<std::size_t>(fd) >= strangers.size()) return false;
    const int got = ::fcntl(stranger_, F_DUPFD_CLOEXEC, fd);
    if (got == fd) return strangers[static_cast<std::size_t>(fd)] = true;
    if (got >= 0) really_close(got);  // another thread was faster
    return false;
}

int failing_closes::close(int fd) noexcept {
    if (is_stranger(fd)) {
        ++of_strangers_;
        return 0;
    }
    const int result = really_close(fd);
    if (result != 0) return result;
    const std::uint64_t number = ++count_;
    if (n_ != 0 && number != n_) return 0;
    if (move_in(fd)) ++failed_;
    errno = error_;
    return -1;
}

}  // namespace zocalo::tests
