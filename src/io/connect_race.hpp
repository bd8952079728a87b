// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <optional>
#include <vector>

#include "io/backend/contract.hpp"
#include "io/names/host_search.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"

namespace zocalo::io::detail {

/// Connects to the first address of a host that answers. One use.
class connect_race final : private host_listener {
 public:
    connect_race(const net::host_port& peer, const connect_options& options, resolver& with,
                 backend& engine);
    connect_race(const connect_race&) = delete;
    connect_race& operator=(const connect_race&) = delete;

    /// Until there is a connection, or no more hope. Throws net::stopped.
    task<> run();

    std::optional<stream> winner;
    net::connect_report report;
    std::exception_ptr lookup_error;

 private:
    using time_point = backend::time_point;

    task<> drive();
    task<> look_up();
    task<> attempt(net::endpoint peer, std::size_t place);
    void came(net::family of, std::vector<net::address> addresses,
              const std::error_code& error) override;
    void asking(const std::string& name) override;

    [[nodiscard]] bool has_more() const;
    [[nodiscard]] bool is_decided() const;
    [[nodiscard]] std::optional<time_point> next_start() const;
    [[nodiscard]] net::endpoint source_for(const net::address& peer) const;
    net::address take_next();
    void start_next();
    void settle();
    [[nodiscard]] time_point since(zocalo::timeout span) const;

    const net::host_port peer_;
    const connect_options& options_;
    resolver& resolver_;
    backend& engine_;
    const time_point began_;
    const net::family wanted_;
    std::uint16_t port_ = 0;

    scope scope_;
    event news_;
    std::vector<net::address> waiting_;  ///< not tried yet, the best first
    net::family last_tried_ = net::family::unspecified;
    time_point held_until_;  ///< for the better family's addresses
    time_point next_start_;  ///< unless nobody is under way
    std::size_t running_ = 0;
    bool lookup_over_ = false;
    bool expired_ = false;
    bool was_stopped_ = false;  ///< something was cancelled: the race, unless it was over before
};

}  // namespace zocalo::io::detail
