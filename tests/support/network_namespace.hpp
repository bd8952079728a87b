// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "zocalo/core/unique_fd.hpp"

namespace zocalo::test {

/// While it lives, the calling thread, and what it starts, is in a network of its own with only a
/// loopback interface (index 1). Wants root; is_ready() says whether it worked.
class network_namespace {
 public:
    network_namespace() : home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
        ready_ = home_ && ::unshare(CLONE_NEWNET) == 0 && run("ip link set lo up");
    }
    ~network_namespace() {
        if (home_ && ::setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
    }
    network_namespace(const network_namespace&) = delete;
    network_namespace& operator=(const network_namespace&) = delete;

    [[nodiscard]] bool is_ready() const noexcept { return ready_; }
    static bool run(const std::string& command) { return std::system(command.c_str()) == 0; }

    /// Waits, 5 s at most, until a card has its carrier: the kernel notices a moment after "up",
    /// and drops what is sent before.
    static bool wait_for_carrier(const std::string& card) {
        for (int i = 0; i < 500; ++i) {
            if (run("ip -o link show " + card + " | grep -q 'state UP'")) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

 private:
    unique_fd home_;
    bool ready_ = false;
};

}  // namespace zocalo::test
