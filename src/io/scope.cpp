// SPDX-License-Identifier: MIT
#include "zocalo/io/scope.hpp"

#include <stdexcept>
#include <utility>

#include "io/misuse.hpp"

namespace zocalo::io {

/// One spawned task. It belongs to nobody, so it deletes itself.
class scope::child final : public detail::member {
 public:
    child(scope& of, task<>&& what) noexcept : member(of.members_), task_(std::move(what)) {
        ++of.members_.size;
    }
    void start() { in().start(*this, task_); }

    static void* operator new(std::size_t size) { return detail::allocate_frame(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        detail::free_frame(memory, size);
    }

 private:
    void ended() noexcept override {
        --static_cast<counted_group&>(in()).size;
        in().arrived(*this, task_.error());
        delete this;
    }
    ~child() = default;

    task<> task_;
};

scope::~scope() {
    if (!members_.empty()) detail::scope_left_with_tasks();
}

void scope::spawn(task<> what) {
    if (!running_) {
        std::move(what).discard();
        throw std::logic_error("io::scope: spawn() outside of run()");
    }
    (new child(*this, std::move(what)))->start();
}

task<> scope::run(task<> body) {
    if (running_) {
        std::move(body).discard();
        throw std::logic_error("io::scope: run() within run()");
    }
    co_await members_.opened();
    running_ = true;
    spawn(std::move(body));
    co_await members_.joined();
    running_ = false;
    members_.rethrow();
}

}  // namespace zocalo::io
