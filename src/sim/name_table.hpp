// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::sim::detail {

struct machine;

/// What the names of a world stand for: where a host's look-ups end.
class name_table {
 public:
    void set(std::string_view name, std::vector<net::address> addresses);
    [[nodiscard]] const std::vector<net::address>* find(std::string_view name) const;
    /// What a name server would say: addresses, and the names of addresses.
    [[nodiscard]] net::dns::answer answer(std::string_view name, net::dns::type which) const;

    bool is_served = true;            ///< off: no name server answers
    const machine* server = nullptr;  ///< where one is; null: nowhere in particular

 private:
    struct entry {
        std::string name;
        std::vector<net::address> addresses;
    };
    [[nodiscard]] std::vector<net::dns::record> records(std::string_view name) const;

    std::vector<entry> known_;
};

}  // namespace zocalo::sim::detail
