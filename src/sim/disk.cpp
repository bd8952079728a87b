// SPDX-License-Identifier: MIT
#include "zocalo/sim/disk.hpp"

#include <cerrno>
#include <utility>

#include "net/fail.hpp"
#include "sim/file_system.hpp"
#include "sim/machine.hpp"
#include "sim/universe.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::sim {

namespace {

void check(const char* verb, const std::string& name, int result) {
    if (result < 0) net::fail(std::string(verb) + ' ' + quoted(name), result);
}

}  // namespace

disk::disk(detail::machine& of) : machine_(of), files_(std::make_unique<detail::file_system>()) {}

disk::~disk() = default;

/// Before the operation: when the host goes down meanwhile, it has not happened.
io::task<> disk::pause() {
    co_await io::sleep(machine_.in.chance.up_to(latency_));
}

io::task<> disk::write(std::string name, std::string data) {
    co_await pause();
    check("write", name, files_->write(name, data, false));
    machine_.note_file("write", name, data.size());
}

io::task<> disk::append(std::string name, std::string data) {
    co_await pause();
    check("append to", name, files_->write(name, data, true));
    machine_.note_file("append to", name, data.size());
}

io::task<std::optional<std::string>> disk::try_read(std::string name) {
    co_await pause();
    const std::string* const found = files_->read(name);
    machine_.note_file("read", name, found == nullptr ? 0 : found->size());
    co_return found == nullptr ? std::nullopt : std::optional(*found);
}

io::task<std::string> disk::read(std::string name) {
    std::optional<std::string> found = co_await try_read(name);
    check("read", name, found ? 0 : -ENOENT);
    co_return std::move(*found);
}

io::task<> disk::rename(std::string from, std::string to) {
    co_await pause();
    check("rename", from, files_->rename(from, to));
    machine_.note_file("rename to", to, 0);
}

io::task<> disk::remove(std::string name) {
    co_await pause();
    check("remove", name, files_->remove(name));
    machine_.note_file("remove", name, 0);
}

io::task<> disk::sync(std::string name) {
    co_await pause();
    check("sync", name, files_->sync(name));
    machine_.note_file("sync", name, 0);
}

io::task<> disk::sync_names() {
    co_await pause();
    files_->sync_names();
    machine_.note_file("sync", "the names", 0);
}

std::vector<std::string> disk::names() const {
    return files_->names();
}

void disk::set_capacity(std::size_t bytes) noexcept {
    files_->capacity = bytes;
}

void disk::set_latency(std::chrono::nanoseconds most) noexcept {
    latency_ = most;
}

}  // namespace zocalo::sim
