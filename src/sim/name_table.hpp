// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::sim::detail {

struct machine;

/// Of net::dns::record: what it says.
using record = decltype(net::dns::record::data);

/// What the names of a world stand for: where a host's look-ups end.
class name_table {
 public:
    void set(std::string_view name, std::vector<net::address> addresses);
    /// Throws std::invalid_argument for those that are not to be given so.
    void set_records(std::string_view name, std::vector<record> records);
    [[nodiscard]] const std::vector<net::address>* find(std::string_view name) const;
    /// What a name server would say: addresses, and the names of addresses.
    [[nodiscard]] net::dns::answer answer(std::string_view name, net::dns::type which) const;

    bool is_served = true;            ///< off: no name server answers
    const machine* server = nullptr;  ///< where one is; null: nowhere in particular

 private:
    struct entry {
        std::string name;
        std::vector<net::address> addresses;
        std::vector<record> others;
    };
    /// Made when it is not there.
    entry& entry_of(std::string_view name);
    [[nodiscard]] const entry* find_entry(std::string_view name) const;
    [[nodiscard]] std::vector<net::dns::record> records(std::string_view name) const;

    std::vector<entry> known_;
};

}  // namespace zocalo::sim::detail
