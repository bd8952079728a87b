// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/admission.hpp"
#include "serve/guard.hpp"
#include "serve/line.hpp"
#include "serve/rate_limit.hpp"
#include "serve/tally.hpp"
#include "zocalo/io/mailbox.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/serve/server.hpp"

namespace zocalo::serve {

namespace detail {

/// What the servers of several loops have in common.
struct shared_limits {
    explicit shared_limits(const limits& of) : admitted(of.per_address), paces(of.address_rate) {}
    /// From any thread.
    void replace(const limits& by) {
        admitted.set_per_address(by.per_address);
        paces.set_rate(by.address_rate);
    }

    net::admission admitted;
    address_paces paces;
    shared_pace accepting;
    line starved;  ///< loops that have found no descriptor
    std::atomic<std::uint64_t> arrivals = 0;
};

}  // namespace detail

/// The inside of a server.
class server::core {
 public:
    core(handler talk, server_options options, std::shared_ptr<detail::shared_limits> shared)
        : talk_(std::move(talk)),
          options_(std::move(options)),
          limits_(std::make_shared<const limits>(options_.limits)),
          shared_(std::move(shared)) {}

    io::task<> run();
    enum class order : std::uint8_t { serve, drain, end };
    /// From any thread.
    void stop(order how) noexcept;
    void replace(const limits& other);
    /// Throws std::logic_error within run(), which holds on to its listeners.
    void must_not_run() const;

    std::vector<io::listener> listeners;
    detail::tally counted;

 private:
    class during {
     public:
        explicit during(bool& what) noexcept : what_(what) { what_ = true; }
        during(const during&) = delete;
        during& operator=(const during&) = delete;
        ~during() { what_ = false; }

     private:
        bool& what_;
    };
    /// A connection that somebody is to talk with, for the first time or once more.
    struct arrival {
        io::stream socket;
        serve::peer who;
        net::admission::place place;
        std::uint64_t number = 0;
        detail::past before = {};
        std::string heard = {};              ///< what it has said, and nobody has read
        bool is_over = false;                ///< nobody has to talk with it any more
        std::exception_ptr error = nullptr;  ///< the reason for that
    };
    class parked;
    /// The first one whose time is up.
    struct earlier {
        bool operator()(const parked* one, const parked* other) const noexcept;
    };
    /// Of the first one.
    struct closing_time final : io::detail::timer_operation {
        explicit closing_time(core& of) noexcept : server(of) {}
        void complete() noexcept override { server.end_overdue(); }
        core& server;
    };

    // Taking connections: accepting.cpp
    io::task<> accept_all();
    io::task<> accept_from(io::listener& from);
    io::task<> accept_one(io::listener& from);
    io::task<io::stream> accept_patiently(io::listener& from);
    io::task<io::stream> accept_in_line(io::listener& from, bool found_nothing);
    io::task<bool> try_accept(io::listener& from, io::stream& into);
    io::task<> take_in(io::stream socket);
    io::task<> take_rest(io::listener& from);
    [[nodiscard]] bool let_in(arrival& client, io::time_point now);
    void turn_away(io::stream socket, const serve::peer& who, ending why);
    io::task<> say_farewell(io::stream socket, std::string text);
    [[nodiscard]] bool is_full() const noexcept;
    io::task<> serve_later(arrival client);
    io::task<bool> wait_for_place();
    void evict_longest_resting() noexcept;
    detail::guard* longest_resting() noexcept;

    // Those with whom nobody talks: parking.cpp
    [[nodiscard]] bool begins_parked(const arrival& client) const noexcept;
    void park(arrival client);
    void park(connection& client, const detail::guard& watch, net::admission::place& place);
    void go_on_with(parked& one) noexcept;
    void end_parked(detail::verdict why) noexcept;
    void drain_parked() noexcept;
    void end_overdue() noexcept;
    void watch_until(parked& one) noexcept;

    // Talking with one: talking.cpp
    io::task<> serve_one(arrival client);
    io::task<> talk_with(connection& client, net::admission::place& place);
    /// Who is behind the proxy that it comes from: introducing.cpp. False: nobody.
    [[nodiscard]] bool is_from_proxy(const serve::peer& who) const noexcept;
    io::task<bool> introduce(connection& client);
    io::task<std::optional<parsed_proxy_header>> read_header(connection& client);
    /// Why not, if not.
    [[nodiscard]] std::optional<ending> admit(const serve::peer& who, net::admission::place& into,
                                              io::time_point now);
    io::task<> linger(connection& client);
    io::task<> see_off(connection& client, const detail::guard& watch);
    io::task<> take_leave(io::stream& from, const std::string& text);
    io::task<> say_last(io::stream& to, const std::string& text);
    [[nodiscard]] std::string farewell_to(const serve::peer& who, ending why,
                                          const net::endpoint& at) const;
    void begin(detail::guard& one) noexcept;
    void end(detail::guard& one) noexcept;
    void settle(const connection& client, const detail::guard& watch, std::exception_ptr error);
    void lose(arrival client, const std::exception_ptr& error);
    void tell_owner(const connection& client, const std::exception_ptr& error) const;

    // From beginning to end: server.cpp
    io::task<> obey();
    [[nodiscard]] order look(std::uint64_t& seen);
    io::task<> govern();
    io::task<> drain();
    io::task<> until_empty();

    handler talk_;
    server_options options_;
    std::shared_ptr<const limits> limits_;  ///< of connections that begin now
    std::shared_ptr<detail::shared_limits> shared_;
    io::scope clients_;
    std::mutex order_mutex_;
    order wanted_ = order::serve;
    io::detail::crossing ordered_{order_mutex_};
    io::event stopping_;
    io::event hurry_;
    io::detail::wait_queue news_;  ///< a connection has ended, or begins to rest
    detail::guard* first_ = nullptr;
    std::set<parked*, earlier> parked_;
    closing_time closing_time_{*this};
    std::size_t active_ = 0;
    unsigned turns_ = 0;         ///< how often it may accept before those who stand in line
    std::size_t waiting_ = 0;    ///< for a place
    std::size_t evicted_ = 0;    ///< those who were asked to make one, and have not ended yet
    std::size_t farewells_ = 0;  ///< that are being said to those who were turned away
    bool running_ = false;
    bool draining_ = false;
    bool over_ = false;  ///< the drain is: nobody begins
};

}  // namespace zocalo::serve
