// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "sim/simulated_socket.hpp"
#include "zocalo/net/listen.hpp"

namespace zocalo::sim::detail {

class stack;

/// Takes connections at an address.
class listening_socket final : public simulated_socket {
 public:
    /// Registers itself; −errno when the address cannot be had.
    static int open(process& of, net::endpoint where, const net::listen_options& options,
                    std::unique_ptr<listening_socket>& made);
    ~listening_socket() override;

    bool attempt(io::detail::operation& what) override;
    int shutdown(net::direction which) noexcept override;
    [[nodiscard]] net::endpoint local_endpoint() const override { return local_; }

    [[nodiscard]] bool is_dual_stack() const noexcept { return dual_stack_; }

    // --- For the stack and the connections
    [[nodiscard]] bool is_full() const noexcept {
        return ready_.size() + half_open_.size() >= room_;
    }
    void add(std::shared_ptr<connection> begun) { half_open_.push_back(std::move(begun)); }
    void completed(connection& which);
    void lost(const connection& which) noexcept;
    /// The host is without power.
    void vanish() noexcept;

 private:
    listening_socket(process& of, stack& in, const net::endpoint& where,
                     const net::listen_options& options) noexcept;
    void stop();

    process& process_;
    stack* stack_;
    net::endpoint local_;
    std::size_t room_;
    bool dual_stack_;
    std::vector<std::shared_ptr<connection>> half_open_;
    std::deque<std::shared_ptr<connection>> ready_;
};

}  // namespace zocalo::sim::detail
