// SPDX-License-Identifier: MIT
#include "io/thread_pool.hpp"

#include <cerrno>
#include <new>
#include <system_error>

#include "io/backend/contract.hpp"
#include "net/fail.hpp"

namespace zocalo::io::detail {

thread_pool::~thread_pool() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& each : threads_)
        each.join();
}

int thread_pool::add(blocking_operation& what) noexcept {
    const std::lock_guard lock(mutex_);
    try {
        waiting_.push_back(&what);
    } catch (const std::bad_alloc&) {
        return -ENOMEM;
    }
    if (idle_ < waiting_.size() && threads_.size() < most) {
        const int refused = start_thread();
        if (refused < 0 && threads_.empty()) {
            waiting_.pop_back();
            return refused;
        }
    }
    changed_.notify_one();
    return 0;
}

int thread_pool::start_thread() noexcept {
    try {
        threads_.emplace_back([this] { work(); });
        return 0;
    } catch (const std::system_error& error) {
        return -error.code().value();
    } catch (const std::bad_alloc&) {
        return -ENOMEM;
    }
}

bool thread_pool::remove(blocking_operation& what) noexcept {
    const std::lock_guard lock(mutex_);
    return std::erase(waiting_, &what) > 0;
}

void thread_pool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        --idle_;
        if (waiting_.empty()) return;
        blocking_operation& what = *waiting_.front();
        waiting_.pop_front();
        lock.unlock();
        what.work();
        what.where->engine().post_from_outside(what);
        lock.lock();
    }
}

bool blocking_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (!enlist(in, who)) return false;
    in.engine().do_on_thread(*this);
    return true;
}

void blocking_operation::cancel() noexcept {
    if (now == state::waiting) where->engine().cancel_on_thread(*this);
}

void blocking_operation::finish() const {
    if (result < 0) net::fail("run on another thread", result);
}

}  // namespace zocalo::io::detail
