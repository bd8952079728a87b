// SPDX-License-Identifier: MIT
#include "zocalo/http/rate_limit.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "net/admission.hpp"
#include "serve/rate_limit.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http {

namespace {

std::string address_of(const exchange& asked) {
    const auto from = net::counted_address(asked.client().peer().address);
    return from ? from->to_string() : std::string();
}

/// A pace for each key. Any thread.
class key_paces {
 public:
    explicit key_paces(const rate_limit_options& how)
        : step_(std::chrono::nanoseconds(how.span) / static_cast<std::int64_t>(how.requests)),
          burst_(how.burst),
          most_kept_(how.most_kept) {}

    /// How long until that one may come; it may at zero.
    std::chrono::nanoseconds take(const std::string& key, io::time_point now) {
        const std::lock_guard lock(mutex_);
        if (by_key_.size() >= look_again_at_) make_room(now);
        return by_key_[key].take(now, step_, burst_);
    }

 private:
    void make_room(io::time_point now) {
        std::erase_if(by_key_, [now](const auto& one) { return one.second.is_rested(now); });
        if (by_key_.size() >= most_kept_) by_key_.clear();
        look_again_at_ = std::min(std::max<std::size_t>(1024, 2 * by_key_.size()), most_kept_);
    }

    const std::chrono::nanoseconds step_;
    const std::size_t burst_;
    const std::size_t most_kept_;
    std::mutex mutex_;
    std::map<std::string, serve::detail::pace> by_key_;
    std::size_t look_again_at_ = std::min<std::size_t>(1024, most_kept_);
};

struct limit {
    explicit limit(const rate_limit_options& how)
        : key(how.key ? how.key : address_of), paces(how) {}

    std::function<std::string(const exchange& asked)> key;
    key_paces paces;
};

io::task<> count(std::shared_ptr<limit> all, exchange& asked, const rest_of_site& rest) {
    const std::string key = all->key(asked);
    const io::time_point now = co_await io::now();
    const auto wait = key.empty() ? std::chrono::nanoseconds::zero() : all->paces.take(key, now);
    if (wait > std::chrono::nanoseconds::zero()) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
        asked.response().fields.set("Retry-After", std::to_string(seconds.count()));
        throw status_error(status::too_many_requests);
    }
    io::task<> next = rest(asked);
    co_await std::move(next);
}

}  // namespace

filter limit_rate(const rate_limit_options& options) {
    if (options.requests == 0 || options.burst == 0 || options.most_kept == 0 ||
        options.span.count() <= 0)
        throw std::invalid_argument("a rate of requests that lets nothing pass");
    const auto all = std::make_shared<limit>(options);
    return [all](exchange& asked, const rest_of_site& rest) { return count(all, asked, rest); };
}

}  // namespace zocalo::http
