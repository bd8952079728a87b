// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/timeout.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/sim/host.hpp"
#include "zocalo/sim/link.hpp"
#include "zocalo/sim/options.hpp"
#include "zocalo/sim/random.hpp"
#include "zocalo/sim/stuck.hpp"

/// Hosts, the links between them, and a time of its own: a network in one thread.
namespace zocalo::sim {

namespace detail {
struct universe;
}

/// What a name server can say of a name beside its addresses: `net::dns::mx{10, "mail.example"}`.
using record = decltype(net::dns::record::data);

/// A network in which programs of the engine run unchanged, and everything that chance decides
/// comes from one number: the same seed gives the same run, event by event.
///
///     sim::world world{seed};
///     sim::host& server = world.host("server");
///     server.on_start([&] { return serve(server.at(80)); });
///     EXPECT_EQ(world.host("client").run(ask(server.at(80))), "welcome");
///
/// Code takes no time here; only waiting does, and waiting costs nothing: an hour of it passes when
/// nobody has anything else to do. What the programs must not do is ask the machine: another clock,
/// another source of chance, addresses in memory as an order. Streams are TCP without congestion
/// control, datagrams UDP without groups and broadcast.
///
/// **Threads.** One at a time.
class world {
 public:
    explicit world(std::uint64_t seed, const world_options& options = {});
    /// All hosts crash: tasks that are left are cancelled.
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    [[nodiscard]] std::uint64_t seed() const noexcept;

    /// The host of that name; made on first use, with 10.0.0.1 and fd00::1, then 10.0.0.2 and so
    /// on, or with the addresses given. Throws std::invalid_argument when another one has them.
    sim::host& host(std::string_view name);
    sim::host& host(std::string_view name, std::vector<net::address> addresses);

    // --- Names: each host has its own, and others find it by that with io::resolver and
    // io::connect(host, service).

    /// Gives a name to addresses, of hosts or of nobody; several for a service that moved, none for
    /// a name without a host.
    void set_name(std::string_view name, std::vector<net::address> addresses);
    /// Gives it other records, in place of those that it had: who takes its mail, where its
    /// services are, its texts. Throws std::invalid_argument for addresses, aliases, and
    /// net::dns::other.
    ///
    ///     world.set_records("example.org", {net::dns::mx{10, "mail.example.org"}});
    void set_records(std::string_view name, std::vector<record> records);
    /// What a name stands for; nothing when there is no such name. Case does not count.
    [[nodiscard]] std::vector<net::address> addresses_of(std::string_view name) const;

    /// Whether look-ups have an answer; without one they fail after some seconds.
    void set_name_service(bool answers) noexcept;
    /// The host that answers look-ups: they travel over its links, and there is no answer while it
    /// cannot be reached, or has no power. Without such a host look-ups take the time of the usual
    /// link, and no cut or loss concerns them.
    void set_name_server(const sim::host& where) noexcept;

    // --- Running

    /// Until all tasks of host::spawn() have ended. Throws what one of them threw, and stuck.
    void run();
    /// For so long; what waits then goes on with the next run.
    void run_for(std::chrono::nanoseconds span);
    [[nodiscard]] io::time_point now() const noexcept;
    /// Since the beginning.
    [[nodiscard]] std::chrono::nanoseconds elapsed() const noexcept;
    /// Does something in so long: a crash, a healed link. It belongs to no host, and must not wait.
    void after(std::chrono::nanoseconds span, std::function<void()> what);

    // --- Links. All of it counts for packets that leave from now on; those on their way to a host
    // that is cut off are lost.

    /// Between all hosts that have no link of their own.
    void set_link(const link& which);
    /// Both ways between two hosts.
    void set_link(const sim::host& one, const sim::host& other, const link& which);
    /// One way only.
    void set_link_from(const sim::host& from, const sim::host& to, const link& which);
    /// Nothing comes through between the two any more.
    void cut(const sim::host& one, const sim::host& other);
    /// Nothing comes through one way only: what is asked arrives, and the answer does not.
    void cut_from(const sim::host& from, const sim::host& to);
    /// Those of the group and all others do not reach each other.
    void partition(std::initializer_list<std::reference_wrapper<const sim::host>> group);
    void heal(const sim::host& one, const sim::host& other);
    /// All links work again.
    void heal();
    /// All connections between the two are reset, at both ends.
    void reset_connections(sim::host& one, sim::host& other);

    // --- Chance

    /// For the programs and the test: numbers that depend on the seed alone.
    [[nodiscard]] sim::random& random() noexcept;

    // --- What happened

    /// A line of one's own in the trace.
    void note(std::string what);
    /// The last events, one in a line: time, host, what.
    [[nodiscard]] std::string trace() const;
    /// A number made from all events: equal runs have equal ones.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept;
    /// What every task waits for now, one in a line.
    [[nodiscard]] std::string who_waits() const;

 private:
    std::unique_ptr<detail::universe> all_;
    std::vector<std::unique_ptr<sim::host>> hosts_;
};

}  // namespace zocalo::sim
