// SPDX-License-Identifier: MIT
#include "zocalo/sim/host.hpp"

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "net/fail.hpp"
#include "sim/machine.hpp"
#include "sim/universe.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::sim {

const std::string& host::name() const noexcept {
    return machine_.name;
}

const std::vector<net::address>& host::addresses() const noexcept {
    return machine_.addresses;
}

bool host::is_up() const noexcept {
    return machine_.is_up();
}

detail::process& host::running() const {
    if (!machine_.is_up()) throw std::logic_error("host " + quoted(name()) + " is down");
    return *machine_.running;
}

void host::spawn(io::task<> what, std::string name) {
    running().spawn(std::move(what), std::move(name), detail::process::role::work);
}

void host::on_start(std::function<io::task<>()> program) {
    if (machine_.is_up()) {
        running().spawn(program(), "program", detail::process::role::service);
    }
    machine_.programs.push_back(std::move(program));
}

void host::set_faults(io::fault_hook hook) {
    machine_.faults = std::move(hook);
    if (machine_.is_up()) machine_.running->set_faults(machine_.faults);
}

sim::disk& host::disk() const noexcept {
    return machine_.files;
}

void host::run_to_end(io::task<> what) {
    const auto end = running().watch(std::move(what));
    machine_.in.run([&] { return end->over; });
    if (end->host_is_down) net::fail("run on " + quoted(name()) + ", which went down", -ECANCELED);
    if (end->error) std::rethrow_exception(end->error);
}

/// Not under the feet of a task that runs.
void host::soon(void (detail::machine::*what)()) {
    detail::universe& in = machine_.in;
    if (in.running) {
        in.events.add(in.now, [this, what] { (machine_.*what)(); });
    } else {
        (machine_.*what)();
    }
}

void host::crash() {
    soon(&detail::machine::crash);
}

void host::kill() {
    soon(&detail::machine::kill);
}

void host::restart() {
    soon(&detail::machine::start);
}

}  // namespace zocalo::sim
