// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "zocalo/net/dns.hpp"

namespace zocalo::io::detail {

/// Answers until their time is over, at most so many: the one that was not used for longest goes
/// first. All of it from any thread.
class answer_cache {
 public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit answer_cache(std::size_t capacity) noexcept : capacity_(capacity) {}

    /// With the time that is left as its `ttl`.
    std::optional<net::dns::answer> find(const std::string& name, net::dns::type which,
                                         time_point now);
    /// Keeps it for its `ttl`.
    void keep(const std::string& name, net::dns::type which, const net::dns::answer& what,
              time_point now);
    void clear();

 private:
    using key = std::pair<std::string, net::dns::type>;  // the name in lower case
    struct entry {
        key question;
        net::dns::answer answer;
        time_point until;
    };
    using entries = std::list<entry>;  // the one that was used last first

    const std::size_t capacity_;
    std::mutex mutex_;
    entries entries_;
    std::map<key, entries::iterator> places_;
};

}  // namespace zocalo::io::detail
