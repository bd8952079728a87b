// SPDX-License-Identifier: MIT
#include "zocalo/io/mutex.hpp"

namespace zocalo::io {

/// A permit is handed from the one who gives it back to the first who waits: nobody can come
/// between.
task<semaphore::permit> semaphore::acquire() {
    if (free_ > 0) {
        --free_;
    } else {
        co_await waiting_.wait("wait for a permit");
    }
    co_return permit(*this);
}

void semaphore::release() noexcept {
    if (!waiting_.wake_one()) ++free_;
}

void event::set() noexcept {
    is_set_ = true;
    waiting_.wake_all();
}

task<> event::wait() {
    if (!is_set_) co_await waiting_.wait("wait for an event");
}

}  // namespace zocalo::io
