// SPDX-License-Identifier: MIT
#include "sim/machine.hpp"

#include <algorithm>
#include <utility>

#include "sim/file_system.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::sim::detail {

machine::machine(universe& of, std::size_t place, std::string called, std::vector<net::address> at)
    : in(of), number(place), name(std::move(called)), addresses(std::move(at)) {}

machine::~machine() = default;

bool machine::has(const net::address& which) const noexcept {
    return std::find(addresses.begin(), addresses.end(), which) != addresses.end();
}

void machine::start() {
    if (is_up()) return;
    if (!has_power()) net = std::make_unique<stack>(in, *this);
    in.note(&name, "start");
    running = processes_.emplace_back(std::make_unique<process>(*this)).get();
    running->set_faults(faults);
    for (const auto& program : programs)
        running->spawn(program(), "program", process::role::service);
}

void machine::end_process(const char* how) {
    in.note(&name, how);
    if (running != nullptr) std::exchange(running, nullptr)->end();
}

void machine::note_text(std::string what) {
    in.log.add({in.now, &name, "", {}, -1, std::move(what)});
}

void machine::note_file(std::string what, const std::string& file, std::size_t size) {
    what += " file " + quoted(file);
    if (size > 0) what += " (" + std::to_string(size) + " bytes)";
    note_text(std::move(what));
}

void machine::kill() {
    if (is_up()) end_process("killed");
}

void machine::crash() {
    if (!has_power()) return;
    net->vanish();
    end_process("crash");
    files.files_->lose_power(in.chance);
    net.reset();
}

}  // namespace zocalo::sim::detail
