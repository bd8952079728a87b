// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "zocalo/io/blocking.hpp"

namespace zocalo::io::detail {

/// The threads of a loop on which functions may block. They start when there is work and end with
/// the loop.
class thread_pool {
 public:
    static constexpr std::size_t most = 16;

    thread_pool() = default;
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;
    ~thread_pool();

    /// −errno when there is no thread that could do it.
    int add(blocking_operation& what) noexcept;
    /// False when a thread has begun it.
    bool remove(blocking_operation& what) noexcept;

 private:
    void work();
    int start_thread() noexcept;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<blocking_operation*> waiting_;
    std::size_t idle_ = 0;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace zocalo::io::detail
