// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "io/names/name_source.hpp"
#include "sim/clock.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::sim::detail {

struct machine;

/// How a host looks names up: in the world's table, in the time that a question would take, as
/// often as a resolver asks.
class simulated_names final : public io::detail::name_source {
 public:
    explicit simulated_names(machine& of) noexcept : machine_(of) {}

    io::task<net::dns::answer> ask(std::string name, net::dns::type which,
                                   const io::resolver_options& how) override;
    std::optional<io::task<net::dns::answer>> ask_neighbours(const std::string& name,
                                                             net::dns::type which,
                                                             nanoseconds patience) override;
    std::optional<net::address> source_for(const net::address& to) override;

 private:
    struct heard {
        net::dns::answer what;
        time_point at;
    };

    /// One question: whether an answer came.
    io::task<bool> reach_server();
    /// The same to everybody: what will be heard first, perhaps.
    [[nodiscard]] std::optional<heard> first_of_all(const std::string& name, net::dns::type which);
    io::task<net::dns::answer> hear_neighbours(std::string name, net::dns::type which,
                                               time_point until);

    machine& machine_;
};

}  // namespace zocalo::sim::detail
