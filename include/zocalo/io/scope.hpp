// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/task.hpp"

/// As many tasks side by side as come up, all ended when the scope ends.
namespace zocalo::io {

/// The place where tasks live that nobody awaits one by one: the clients of a server.
///
///     io::task<> serve(io::listener& listener) {
///         io::scope clients;
///         co_await clients.run(accept_all(listener, clients));  // spawns one task for each client
///     }
///
/// run() returns when its task and everything spawned have ended: nothing is ever detached. An
/// error in one of them cancels the others and comes out of run(). A cancellation of run() reaches
/// all of them. **Misuse.** spawn() outside of run() throws std::logic_error; a scope that is
/// destroyed while tasks run in it ends the program with a message. **Threads.** That of run()
/// only.
class scope {
 public:
    scope() noexcept = default;
    ~scope();
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

    /// Runs `body` and all that is spawned meanwhile. One run at a time.
    [[nodiscard]] task<> run(task<> body);

    /// Starts a task: it runs at once until it first waits.
    void spawn(task<> what);
    /// An operation that gives no value: `clients.spawn(peer.write(text))`, where `text` must
    /// outlive it.
    template <detail::no_task_without_value Awaited>
    void spawn(Awaited what) {
        spawn(detail::as_task(std::move(what)));
    }

    /// Cancels everything in the scope, and what is spawned after that; run() then returns as soon
    /// as all have ended.
    void cancel() noexcept { members_.cancel(); }

    /// How many are running, the one given to run() included.
    [[nodiscard]] std::size_t size() const noexcept { return members_.size; }

    /// For members of a kind of their own, which count in no size(): while run() is under way.
    [[nodiscard]] detail::group& members() noexcept { return members_; }

 private:
    class child;
    struct counted_group final : detail::group {
        std::size_t size = 0;
    };
    counted_group members_;
    bool running_ = false;
};

}  // namespace zocalo::io
