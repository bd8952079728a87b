// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "zocalo/net/endpoint.hpp"

/// Counting the requests that a server has taken, all of them and those of each address.
namespace zocalo::net {

/// Whose share of a server a peer takes: its IPv4 address, or the /64 that its IPv6 address is in,
/// because whoever has one of them has all of it. Nothing for peers without an IP address.
[[nodiscard]] std::optional<address> counted_address(const endpoint& peer);

class admission {
 public:
    /// One request that counts as active as long as this object lives; it must not outlive the
    /// admission that it is of.
    class place {
     public:
        place() = default;
        place(place&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), from_(other.from_) {}
        place& operator=(place&& other) noexcept {
            std::swap(owner_, other.owner_);
            std::swap(from_, other.from_);
            return *this;
        }
        ~place() {
            if (owner_ != nullptr) owner_->leave(from_);
        }

     private:
        friend admission;
        place(admission* owner, std::optional<address> from) : owner_(owner), from_(from) {}

        admission* owner_ = nullptr;
        std::optional<address> from_;
    };

    /// `per_address` 0 is no limit.
    explicit admission(std::size_t per_address) : per_address_(per_address) {}

    /// Nothing when the peer's address has its share already. Peers without an IP address count
    /// only in active().
    [[nodiscard]] std::optional<place> enter(const endpoint& peer);

    [[nodiscard]] std::size_t active() const;
    /// Holds for those who enter from now on.
    void set_per_address(std::size_t limit);

 private:
    void leave(const std::optional<address>& from) noexcept;

    mutable std::mutex mutex_;
    std::size_t per_address_;
    std::size_t active_ = 0;
    std::map<address, std::size_t> by_address_;
};

}  // namespace zocalo::net
