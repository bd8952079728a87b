// SPDX-License-Identifier: MIT
#pragma once

#include <map>

#include "zocalo/net/endpoint.hpp"

namespace zocalo::sim::detail {

[[nodiscard]] inline bool is_any(const net::endpoint& where) {
    return where.is_inet() && where.ip().is_unspecified();
}

/// Which socket is bound to which address and port of a host.
template <class Socket>
class port_table {
 public:
    void add(const net::endpoint& where, Socket& who) { bound_.emplace(where, &who); }
    void remove(const net::endpoint& where) { bound_.erase(where); }
    void clear() noexcept { bound_.clear(); }
    [[nodiscard]] auto begin() const noexcept { return bound_.begin(); }
    [[nodiscard]] auto end() const noexcept { return bound_.end(); }
    [[nodiscard]] bool contains(const net::endpoint& where) const { return bound_.contains(where); }

    /// Whether `wanted` cannot be had because of one that is there: two may share a port on
    /// different addresses of their own.
    [[nodiscard]] bool collides(const net::endpoint& wanted) const {
        for (const auto& [other, who] : bound_) {
            if (other == wanted) return true;
            if (!other.is_inet() || other.port() != wanted.port()) continue;
            if (other.family() == wanted.family() && (is_any(other) || is_any(wanted))) return true;
        }
        return false;
    }

    /// Who takes what goes to an address; null when nobody does.
    [[nodiscard]] Socket* find(const net::endpoint& where) const {
        if (Socket* const own = at(where)) return own;
        if (!where.is_inet()) return nullptr;
        const net::endpoint any_v6(net::address::any_v6(), where.port());
        if (where.family() == net::family::inet6) return at(any_v6);
        if (Socket* const any = at({net::address::any_v4(), where.port()})) return any;
        Socket* const both = at(any_v6);
        return both != nullptr && both->is_dual_stack() ? both : nullptr;
    }

 private:
    [[nodiscard]] Socket* at(const net::endpoint& where) const {
        const auto found = bound_.find(where);
        return found == bound_.end() ? nullptr : found->second;
    }

    std::map<net::endpoint, Socket*> bound_;
};

}  // namespace zocalo::sim::detail
