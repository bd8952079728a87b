// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/sim/disk.hpp"

/// A machine in a simulated network.
namespace zocalo::sim {

namespace detail {

struct machine;
class process;

template <class T>
io::task<> keep_value(io::task<T> what, std::shared_ptr<std::optional<T>> value) {
    value->emplace(co_await std::move(what));
}

}  // namespace detail

/// A host: its tasks use io::listen(), io::connect() and the clock as on a real machine, and mean
/// its own addresses, its own ports and the world's time.
///
/// Made by world::host(), and valid as long as the world. A stream or listener belongs to the host
/// whose task opened it; on another one its operations fail with std::errc::bad_file_descriptor.
class host {
 public:
    explicit host(detail::machine& made) noexcept : machine_(made) {}
    host(const host&) = delete;
    host& operator=(const host&) = delete;

    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] const std::vector<net::address>& addresses() const noexcept;
    /// The first one.
    [[nodiscard]] const net::address& address() const noexcept { return addresses().front(); }
    [[nodiscard]] net::endpoint at(std::uint16_t port) const noexcept { return {address(), port}; }

    /// Runs the world until a task that runs here has ended; its value or exception.
    ///
    /// What else there is goes on meanwhile, and waits when this has ended. Throws net::stopped
    /// when the host goes down first, and stuck when nothing can happen any more.
    template <class T>
    T run(io::task<T> what) {
        auto value = std::make_shared<std::optional<T>>();
        run_to_end(detail::keep_value(std::move(what), value));
        return std::move(**value);
    }
    void run(io::task<> what) { run_to_end(std::move(what)); }
    /// An operation.
    template <io::detail::no_task Awaited>
    auto run(Awaited what) {
        return run(io::detail::as_task(std::move(what)));
    }

    /// Starts a task, which runs when the world does; its error comes out of the world's run. The
    /// name is for messages. Throws std::logic_error when the host is down.
    void spawn(io::task<> what, std::string name = "task");

    /// What runs on this host whenever it starts: now, and again after a restart. It may go on for
    /// ever, as servers do: world::run() does not wait for it.
    void on_start(std::function<io::task<>()> program);

    /// Who decides what goes wrong with operations here, now and after a restart; an empty hook
    /// ends it.
    void set_faults(io::fault_hook hook);

    /// Its files, which are there as long as the world.
    [[nodiscard]] sim::disk& disk() const noexcept;

    // --- Going down. Inside of a run these happen when the tasks that are at it have had their
    // turn. All tasks are cancelled and end at once; that they do is theirs to see to. Nothing that
    // they still try reaches anybody.

    /// As if the power went away. Peers hear nothing, until they ask the host after a restart,
    /// which then knows nothing of them and says so.
    void crash();
    /// As if the program were killed: the system closes its sockets, so peers hear of it.
    void kill();
    /// Back again after either.
    void restart();
    [[nodiscard]] bool is_up() const noexcept;

 private:
    friend class world;
    void run_to_end(io::task<> what);
    [[nodiscard]] detail::process& running() const;
    void soon(void (detail::machine::*what)());

    detail::machine& machine_;
};

}  // namespace zocalo::sim
