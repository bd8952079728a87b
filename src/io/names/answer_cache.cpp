// SPDX-License-Identifier: MIT
#include "io/names/answer_cache.hpp"

#include "core/ascii.hpp"

namespace zocalo::io::detail {

std::optional<net::dns::answer> answer_cache::find(const std::string& name, net::dns::type which,
                                                   time_point now) {
    const key question(lower(name), which);
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(question);
    if (place == places_.end()) return std::nullopt;
    const auto known = place->second;
    if (known->until <= now) {
        entries_.erase(known);
        places_.erase(place);
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, known);
    net::dns::answer answer = known->answer;
    answer.ttl = std::chrono::ceil<std::chrono::seconds>(known->until - now);
    return answer;
}

void answer_cache::keep(const std::string& name, net::dns::type which, const net::dns::answer& what,
                        time_point now) {
    if (capacity_ == 0 || what.ttl <= std::chrono::seconds::zero()) return;
    key question(lower(name), which);
    const std::lock_guard lock(mutex_);
    if (const auto place = places_.find(question); place != places_.end()) {
        entries_.erase(place->second);
        places_.erase(place);
    }
    if (entries_.size() >= capacity_) {
        places_.erase(entries_.back().question);
        entries_.pop_back();
    }
    entries_.push_front({question, what, now + what.ttl});
    places_.emplace(std::move(question), entries_.begin());
}

void answer_cache::clear() {
    const std::lock_guard lock(mutex_);
    places_.clear();
    entries_.clear();
}

}  // namespace zocalo::io::detail
