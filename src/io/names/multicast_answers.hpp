// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::io::detail {

/// One question to everybody on the local networks, and what came of it.
///
/// Addresses are asked for together (type ANY): who has only one of both kinds says so at once, by
/// leaving out the other one, where silence would have to be waited for.
class multicast_answers {
 public:
    /// Throws std::invalid_argument for a name that cannot exist.
    multicast_answers(std::string name, net::dns::type which, std::size_t most_records);

    /// The message to send.
    [[nodiscard]] const std::string& question() const noexcept { return question_; }
    /// Takes what answers the question; what does not is passed over. Link-local addresses are
    /// those of the interface that it came on.
    void take(const_buffer datagram, std::uint32_t interface);
    [[nodiscard]] const net::dns::answer& all() const noexcept { return all_; }

    /// Set when the rest need not be waited for: there is an answer, and nobody else has another.
    event is_known;
    /// Set when somebody has the name, but not what was asked for.
    event is_without;

 private:
    void add(const net::dns::answer& said);

    const std::string name_;
    const net::dns::type which_;
    const net::dns::type asked_;
    const std::size_t most_records_;
    const std::uint16_t id_;
    const std::string question_;
    net::dns::answer all_;
};

}  // namespace zocalo::io::detail
