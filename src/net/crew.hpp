// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/admission.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/server_options.hpp"

/// Who runs the handlers of a server: the four kinds of concurrency behind one interface.
///
/// All calls are made by the thread that serves.
namespace zocalo::net {

/// One request with what is to be done about it.
class job {
 public:
    explicit job(admission::place taken) noexcept : place(std::move(taken)) {}
    virtual ~job() = default;

    /// False when the handler has failed.
    virtual bool run() noexcept = 0;
    /// Called in a child process before run(): lets go of what is the server's alone.
    virtual void enter_child() noexcept {}

    admission::place place;
};

class crew {
 public:
    virtual ~crew() = default;

    /// Whether start() may be called now.
    [[nodiscard]] virtual bool has_room() = 0;
    /// Runs `work`, or has it run. Throws std::system_error when there is no thread or process for
    /// it; the work is destroyed then.
    virtual void start(std::unique_ptr<job> work) = 0;

    /// Takes back the threads and processes that have ended, and says whether there were any.
    virtual bool collect() { return false; }
    /// Adds descriptors that become readable when there is something to collect, and returns how
    /// long to wait at most where there is no descriptor for it.
    virtual timeout watch(std::vector<pollfd>& /*entries*/) { return timeout::none(); }

    /// Waits until all work is done and collected; false when the deadline came first.
    virtual bool finish(const deadline& /*until*/) { return true; }
    /// The time to drain is over and the waits of all handlers have been ended: drops what has not
    /// begun, and kills what can be killed.
    virtual void cut_off() {}
};

/// `failures` counts the work that has failed; it outlives the crew.
[[nodiscard]] std::unique_ptr<crew> make_crew(concurrency how, const server_limits& limits,
                                              std::atomic<std::uint64_t>& failures);

[[nodiscard]] std::unique_ptr<crew> make_thread_crew(const server_limits& limits,
                                                     std::atomic<std::uint64_t>& failures);
[[nodiscard]] std::unique_ptr<crew> make_pool_crew(const server_limits& limits,
                                                   std::atomic<std::uint64_t>& failures);
[[nodiscard]] std::unique_ptr<crew> make_process_crew(const server_limits& limits,
                                                      std::atomic<std::uint64_t>& failures);

}  // namespace zocalo::net
