// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

/// What the loads have in common: how they end, wait for the start, and what they print.
namespace bench {

using clock_type = std::chrono::steady_clock;

[[noreturn]] inline void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// 127.0.x.1.
inline sockaddr_in loopback(std::uint16_t port, std::uint32_t x = 0) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (x << 8));
    name.sin_port = htons(port);
    return name;
}

/// How long each round took, in microseconds.
class samples {
 public:
    void add(clock_type::time_point begun) {
        const auto took = (clock_type::now() - begun) / std::chrono::microseconds(1);
        all_.push_back(static_cast<unsigned>(took));
    }
    void forget() { all_.clear(); }

    /// "requests-per-second p50-µs p99-µs requests", with so many requests in a round.
    void report(std::size_t depth, double seconds) {
        std::sort(all_.begin(), all_.end());
        const std::size_t requests = all_.size() * depth;
        std::printf("%.0f %u %u %zu\n", static_cast<double>(requests) / seconds, at(50), at(99),
                    requests);
    }

 private:
    [[nodiscard]] unsigned at(std::size_t percent) const {
        return all_.empty() ? 0U : all_[(all_.size() - 1) * percent / 100];
    }
    std::vector<unsigned> all_;
};

/// Runs a load: warm, says "go", and then for so many seconds, of which it prints what came of it.
template <class Load>
void drive(Load& load, double warm_up, double seconds) {
    load.run_for(std::chrono::duration<double>(warm_up));
    load.taken().forget();
    std::puts("go");
    std::fflush(stdout);
    const auto begin = clock_type::now();
    load.run_for(std::chrono::duration<double>(seconds));
    const std::chrono::duration<double> lasted = clock_type::now() - begin;
    load.taken().report(load.depth(), lasted.count());
}

}  // namespace bench
