// SPDX-License-Identifier: MIT
// concurrency::processes. Each child has a descriptor that tells of its end (pidfd), and is waited
// for by its own number: no SIGCHLD, and nobody else's children.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "net/crew.hpp"
#include "net/fail.hpp"
#include "sys/process.hpp"
#include "sys/wait.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::net {

namespace {

using namespace std::chrono_literals;

struct child {
    pid_t process;
    unique_fd ended;  // none when there was no descriptor left for it
    admission::place place;
};

class process_crew : public crew {
 public:
    process_crew(std::size_t most, std::atomic<std::uint64_t>& failures)
        : most_(most), failures_(failures) {}
    ~process_crew() override { finish(deadline{timeout::none()}); }

    bool has_room() override { return children_.size() < most_; }

    void start(std::unique_ptr<job> work) override {
        flush();  // what is buffered now would be written by both
        children_.reserve(children_.size() + 1);
        const pid_t process = sys::fork();
        if (process < 0) fail("start a process", process);
        if (process == 0) {
            work->enter_child();
            const bool well = work->run();
            flush();
            sys::exit_now(well ? 0 : 1);
        }
        const int ended = sys::pidfd_open(process);
        children_.push_back({process, unique_fd(std::max(ended, -1)), std::move(work->place)});
    }

    bool collect() override {
        return std::erase_if(children_, [this](const child& child) {
                   int status = 0;
                   const pid_t result = sys::waitpid(child.process, &status, WNOHANG);
                   if (result == 0) return false;
                   // ECHILD: the program ignores SIGCHLD, so the kernel has reaped it.
                   if (result > 0 && status != 0) ++failures_;
                   return true;
               }) > 0;
    }

    timeout watch(std::vector<pollfd>& entries) override {
        timeout tick = timeout::none();
        for (const child& child : children_) {
            if (child.ended) {
                entries.push_back({child.ended.get(), POLLIN, 0});
            } else {
                tick = 100ms;
            }
        }
        return tick;
    }

    bool finish(const deadline& until) override {
        std::vector<pollfd> entries;
        for (;;) {
            collect();
            if (children_.empty()) return true;
            if (until.passed()) return false;
            entries.clear();
            const timeout left = until.remaining();
            const timeout tick = watch(entries);
            sys::poll(entries.data(), entries.size(), deadline{tick.is_none() ? left : tick});
        }
    }

    void cut_off() override {
        if (finish(deadline{1s})) return;
        for (const child& child : children_)
            sys::kill(child.process, SIGKILL);
    }

 private:
    static void flush() {
        std::cout.flush();
        std::fflush(nullptr);
    }

    const std::size_t most_;
    std::atomic<std::uint64_t>& failures_;
    std::vector<child> children_;
};

}  // namespace

std::unique_ptr<crew> make_process_crew(const server_limits& limits,
                                        std::atomic<std::uint64_t>& failures) {
    return std::make_unique<process_crew>(std::min(limits.handlers, limits.connections), failures);
}

}  // namespace zocalo::net
