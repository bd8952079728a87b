// SPDX-License-Identifier: MIT
#include "net/crew.hpp"

#include <stdexcept>

namespace zocalo::net {

namespace {

/// concurrency::in_turn: the serving thread does it all.
class lone_worker : public crew {
 public:
    explicit lone_worker(std::atomic<std::uint64_t>& failures) : failures_(failures) {}

    bool has_room() override { return true; }
    void start(std::unique_ptr<job> work) override {
        if (!work->run()) ++failures_;
    }

 private:
    std::atomic<std::uint64_t>& failures_;
};

}  // namespace

std::unique_ptr<crew> make_crew(concurrency how, const server_limits& limits,
                                std::atomic<std::uint64_t>& failures) {
    switch (how) {
        case concurrency::in_turn:
            return std::make_unique<lone_worker>(failures);
        case concurrency::threads:
            return make_thread_crew(limits, failures);
        case concurrency::pool:
            return make_pool_crew(limits, failures);
        case concurrency::processes:
            return make_process_crew(limits, failures);
    }
    throw std::invalid_argument("server_options: no such concurrency");
}

}  // namespace zocalo::net
