// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// Addresses in the order in which they came, each of them once, however many there are.
class once_each {
 public:
    void add(const net::address& one) {
        if (known_.insert(one).second) all_.push_back(one);
    }
    [[nodiscard]] std::vector<net::address> take() { return std::move(all_); }

 private:
    std::set<net::address> known_;
    std::vector<net::address> all_;
};

}  // namespace zocalo::io::detail
