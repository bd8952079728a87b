// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/name_service.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/dns.hpp"

/// Names of the machines next door, which nobody has to enter anywhere: multicast DNS (RFC 6762).
namespace zocalo::io {

struct multicast_names_options {
    // --- behaviour

    /// The indices of the interfaces that are asked on. Empty: all that are up and can multicast,
    /// but not the loopback.
    std::vector<std::uint32_t> interfaces = {};
    /// How long answers are waited for, at most. Who says nothing for so long does not exist.
    std::chrono::nanoseconds patience = std::chrono::seconds(3);

    // --- limits

    /// Datagrams that are looked at on each interface and in each family for one question.
    std::size_t most_datagrams = 1000;
    /// Records of one answer; further ones are left out.
    std::size_t most_records = 200;
};

/// Asks the machines of the local networks, for resolver_options::services:
///
///     io::resolver names({.services = {std::make_shared<io::multicast_names>()}});
///
/// Takes the names below `local`, and those of link-local addresses, as RFC 6762 §3 and §4 want it;
/// all others go where the resolver asks otherwise. A question goes out on each interface, over
/// IPv4 and IPv6, and again after 1 s, 2 s, 4 s... (§5.1). The first answer counts; of records that
/// several machines may have, which are PTR, all that come within the patience.
///
/// **Security.** Whoever is on the local network may answer anything. An answer counts only when it
/// comes from there, from the right port, and repeats the question and its random number; it is
/// read strictly. **Threads.** One loop at a time. **Errors.** std::system_error of what went wrong
/// where nothing could be asked on any interface, and name_errc::again without any.
///
/// In a simulated network every host that has power answers to its name below `local`, and to the
/// names of its addresses, as often and as late as its links let it.
class multicast_names final : public name_service {
 public:
    /// Throws std::invalid_argument for limits or a patience of nothing.
    explicit multicast_names(multicast_names_options options = {});
    ~multicast_names() override;

    /// In letters of any case, and with or without a dot at the end.
    [[nodiscard]] bool takes(std::string_view name) const override;
    task<net::dns::answer> ask(std::string name, net::dns::type which) override;

 private:
    multicast_names_options options_;
};

}  // namespace zocalo::io
