// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "io/names/name_source.hpp"
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
    std::optional<net::address> source_for(const net::address& to) override;

 private:
    /// One question: whether an answer came.
    io::task<bool> reach_server();

    machine& machine_;
};

}  // namespace zocalo::sim::detail
