// SPDX-License-Identifier: MIT
// concurrency::pool. Threads start when there is work and none of them is idle, and stay.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "net/crew.hpp"
#include "net/wake_up.hpp"

namespace zocalo::net {

namespace {

class pool_crew : public crew {
 public:
    pool_crew(const server_limits& limits, std::atomic<std::uint64_t>& failures)
        : workers_wanted_(limits.workers), most_(limits.connections), failures_(failures) {}

    ~pool_crew() override {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        for (std::thread& worker : workers_)
            worker.join();
    }

    bool has_room() override {
        const std::lock_guard lock(mutex_);
        return waiting_.size() + busy_ < most_;
    }

    void start(std::unique_ptr<job> work) override {
        {
            const std::lock_guard lock(mutex_);
            const std::size_t idle = workers_.size() - busy_;
            if (waiting_.size() >= idle && workers_.size() < workers_wanted_) hire();
            waiting_.push_back(std::move(work));
        }
        changed_.notify_all();
    }

    bool collect() override {
        done_bell_.hear();
        return done_.exchange(false);
    }

    timeout watch(std::vector<pollfd>& entries) override {
        entries.push_back({done_bell_.fileno(), POLLIN, 0});
        return timeout::none();
    }

    bool finish(const deadline& until) override {
        const auto all_done = [this] { return waiting_.empty() && busy_ == 0; };
        std::unique_lock lock(mutex_);
        return changed_.wait_until(lock, until.at(), all_done);
    }

    void cut_off() override {
        std::deque<std::unique_ptr<job>> dropped;
        const std::lock_guard lock(mutex_);
        dropped.swap(waiting_);
    }

 private:
    /// One thread more. Without one the work waits for the others, unless there are none.
    void hire() {
        try {
            workers_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            if (workers_.empty()) throw;
        }
    }

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            auto work = std::move(waiting_.front());
            waiting_.pop_front();
            ++busy_;
            lock.unlock();
            if (!work->run()) ++failures_;
            work.reset();
            lock.lock();
            --busy_;
            done_ = true;
            done_bell_.ring();
            changed_.notify_all();
        }
    }

    const std::size_t workers_wanted_;
    const std::size_t most_;
    std::atomic<std::uint64_t>& failures_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<job>> waiting_;
    std::size_t busy_ = 0;
    bool ending_ = false;
    std::atomic<bool> done_{false};
    wake_up done_bell_;
    std::vector<std::thread> workers_;
};

}  // namespace

std::unique_ptr<crew> make_pool_crew(const server_limits& limits,
                                     std::atomic<std::uint64_t>& failures) {
    return std::make_unique<pool_crew>(limits, failures);
}

}  // namespace zocalo::net
