// SPDX-License-Identifier: MIT
#include "http/workplace.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace zocalo::http::detail {

namespace {

constexpr std::size_t kept = 16;                                 // in a thread
constexpr std::size_t largest_output = std::size_t{128} * 1024;  // in bytes, that one may keep

std::vector<std::unique_ptr<workplace>>& free_ones() {
    thread_local std::vector<std::unique_ptr<workplace>> mine = [] {
        std::vector<std::unique_ptr<workplace>> none;
        none.reserve(kept);  // to give one back needs no memory
        return none;
    }();
    return mine;
}

}  // namespace

std::unique_ptr<workplace> take_workplace(const limits& within) {
    auto& free = free_ones();
    std::unique_ptr<workplace> taken;
    if (free.empty()) {
        taken = std::make_unique<workplace>();
    } else {
        taken = std::move(free.back());
        free.pop_back();
    }
    taken->engine.begin_anew(within);
    return taken;
}

void put_workplace(std::unique_ptr<workplace> used) {
    auto& free = free_ones();
    if (free.size() == kept || used->engine.output().capacity() > largest_output) return;
    free.push_back(std::move(used));
}

}  // namespace zocalo::http::detail
