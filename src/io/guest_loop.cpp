// SPDX-License-Identifier: MIT
#include "zocalo/io/guest_loop.hpp"

#include <algorithm>
#include <utility>

#include "io/backend/epoll/epoll_backend.hpp"

namespace zocalo::io {

/// A task and the fiber that it runs in; in the queue first to begin, then to end.
class guest_loop::job final : public detail::fiber {
 public:
    job(guest_loop& of, task<> what)
        : fiber(static_cast<detail::backend&>(*of.engine_)), of_(of), task_(std::move(what)) {}

    void complete() noexcept override {
        if (!std::exchange(has_begun_, true)) {
            if (cancelled()) {
                std::move(task_).discard();
            } else if (task_.begin(*this)) {
                return;
            }
        }
        of_.ended(*this);
    }
    [[nodiscard]] std::exception_ptr error() const noexcept {
        return task_.is_started() ? task_.error() : nullptr;
    }

 private:
    guest_loop& of_;
    task<> task_;
    bool has_begun_ = false;
};

guest_loop::guest_loop() : engine_(std::make_unique<detail::epoll_backend>()) {}

guest_loop::~guest_loop() {
    cancel();
    if (is_empty_) return;
    const detail::backend::session here(*engine_);
    engine_->run(is_empty_);
}

void guest_loop::spawn(task<> what) {
    job& made = *jobs_.emplace_back(std::make_unique<job>(*this, std::move(what)));
    is_empty_ = false;
    engine_->post(made);
}

void guest_loop::cancel() noexcept {
    for (const auto& each : jobs_)
        each->cancel();
}

void guest_loop::ended(job& which) noexcept {
    if (which.error() && !failure_) failure_ = which.error();
    jobs_.remove_if([&](const auto& each) { return each.get() == &which; });
    is_empty_ = jobs_.empty();
}

int guest_loop::fileno() const noexcept {
    return engine_->fileno();
}

zocalo::timeout guest_loop::time_to_wait() const noexcept {
    return engine_->time_to_wait();
}

void guest_loop::run_ready() {
    engine_->run_ready();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace zocalo::io
