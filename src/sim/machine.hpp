// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/process.hpp"
#include "sim/stack.hpp"
#include "sim/universe.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/sim/disk.hpp"

namespace zocalo::sim::detail {

/// One host: its network, alive as long as there is power, and the process that runs on it.
struct machine {
    machine(universe& of, std::size_t place, std::string called, std::vector<net::address> at);
    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;
    ~machine();

    [[nodiscard]] bool has(const net::address& which) const noexcept;
    [[nodiscard]] bool has_power() const noexcept { return net != nullptr; }
    [[nodiscard]] bool is_up() const noexcept { return running != nullptr; }

    /// Power is back if it was away, a new process begins.
    void start();
    /// The process ends; the kernel closes what it had open.
    void kill();
    /// No power: nothing is said to anybody.
    void crash();

    void note_text(std::string what);
    void note_file(std::string what, const std::string& file, std::size_t size);

    universe& in;
    const std::size_t number;
    const std::string name;
    const std::vector<net::address> addresses;
    std::vector<std::function<io::task<>()>> programs;  ///< run at each start
    io::fault_hook faults;
    std::unique_ptr<stack> net;
    process* running = nullptr;
    disk files{*this};

 private:
    void end_process(const char* how);
    /// Those that have ended too, for a socket may still know its own.
    std::vector<std::unique_ptr<process>> processes_;
};

}  // namespace zocalo::sim::detail
