// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/net/address.hpp"

namespace zocalo::sim::detail {

/// What the names of a world stand for: where a host's look-ups end.
class name_table {
 public:
    void set(std::string_view name, std::vector<net::address> addresses) {
        known_[lower(name)] = std::move(addresses);
    }
    [[nodiscard]] std::vector<net::address> find(std::string_view name) const {
        const auto found = known_.find(lower(name));
        return found == known_.end() ? std::vector<net::address>{} : found->second;
    }

 private:
    /// Of US-ASCII alone (RFC 4343), and without the root's dot.
    static std::string lower(std::string_view name) {
        std::string text(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
        for (char& each : text) {
            if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
        }
        return text;
    }
    std::map<std::string, std::vector<net::address>> known_;
};

}  // namespace zocalo::sim::detail
