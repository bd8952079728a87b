// SPDX-License-Identifier: MIT
// concurrency::threads. A thread that ends puts itself on a list and rings; the serving thread
// joins it. So nothing is detached, and the count of threads is never wrong.
#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "net/crew.hpp"
#include "net/wake_up.hpp"

namespace zocalo::net {

namespace {

class thread_crew : public crew {
 public:
    thread_crew(std::size_t most, std::atomic<std::uint64_t>& failures)
        : most_(most), failures_(failures) {}
    ~thread_crew() override { finish(deadline{timeout::none()}); }

    bool has_room() override {
        const std::lock_guard lock(mutex_);
        return running_.size() < most_;
    }

    void start(std::unique_ptr<job> work) override {
        const std::lock_guard lock(mutex_);
        const auto self = running_.emplace(running_.end());
        try {
            // The lock keeps the new thread from leaving before *self is set.
            *self = std::thread([this, self, work = std::move(work)]() mutable {
                if (!work->run()) ++failures_;
                work.reset();
                leave(self);
            });
        } catch (...) {
            running_.erase(self);
            throw;
        }
    }

    bool collect() override {
        std::list<std::thread> ended;
        {
            const std::lock_guard lock(mutex_);
            ended.swap(ended_);
        }
        if (ended.empty()) return false;
        ended_bell_.hear();
        for (std::thread& thread : ended)
            thread.join();
        return true;
    }

    timeout watch(std::vector<pollfd>& entries) override {
        entries.push_back({ended_bell_.fileno(), POLLIN, 0});
        return timeout::none();
    }

    bool finish(const deadline& until) override {
        const auto all_ended = [this] { return running_.empty(); };
        bool done = true;
        {
            std::unique_lock lock(mutex_);
            done = changed_.wait_until(lock, until.at(), all_ended);
        }
        collect();
        return done;
    }

 private:
    void leave(std::list<std::thread>::iterator self) {
        const std::lock_guard lock(mutex_);
        ended_.splice(ended_.end(), running_, self);
        ended_bell_.ring();
        changed_.notify_all();
    }

    const std::size_t most_;
    std::atomic<std::uint64_t>& failures_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<std::thread> running_;
    std::list<std::thread> ended_;  // to be joined
    wake_up ended_bell_;
};

}  // namespace

std::unique_ptr<crew> make_thread_crew(const server_limits& limits,
                                       std::atomic<std::uint64_t>& failures) {
    return std::make_unique<thread_crew>(std::min(limits.handlers, limits.connections), failures);
}

}  // namespace zocalo::net
