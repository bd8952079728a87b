// SPDX-License-Identifier: MIT
// How a thread without a loop runs a task or a single operation: with a poll backend on its stack.
#include <stdexcept>

#include "io/backend/poll/poll_backend.hpp"
#include "io/run_on.hpp"

namespace zocalo::io::detail {

namespace {

/// The fiber that a blocking thread waits for.
class main_fiber final : public fiber {
 public:
    using fiber::fiber;
    void complete() noexcept override { over = true; }
    bool over = false;
};

}  // namespace

void run_on(backend& engine, bool (*begin)(void*, fiber&), void* what) {
    if (backend::running() != nullptr) {
        throw std::logic_error(
            "get() or run() inside of a running loop: it would block everything else; use "
            "co_await");
    }
    const backend::session here(engine);
    main_fiber main(engine);
    if (begin(what, main)) engine.run(main.over);
}

void block_on(bool (*begin)(void*, fiber&), void* what) {
    poll_backend engine;
    run_on(engine, begin, what);
}

}  // namespace zocalo::io::detail
