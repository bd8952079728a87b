// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::net {

/// A bell: any thread rings it, and one thread that polls hears it.
class wake_up {
 public:
    /// Throws std::system_error when there are no descriptors left.
    wake_up() : fd_(sys::eventfd(0)) {
        if (fd_.get() < 0) fail("open an eventfd", fd_.get());
    }
    /// Readable from ring() to hear().
    [[nodiscard]] int fileno() const noexcept { return fd_.get(); }

    void ring() noexcept {
        const std::uint64_t one = 1;
        sys::write(fd_.get(), &one, sizeof one);
    }
    void hear() noexcept {
        std::uint64_t count = 0;
        sys::read(fd_.get(), &count, sizeof count);
    }

 private:
    unique_fd fd_;
};

}  // namespace zocalo::net
