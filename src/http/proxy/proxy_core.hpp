// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "zocalo/http/client.hpp"
#include "zocalo/http/reverse_proxy.hpp"
#include "zocalo/io/timeout.hpp"

/// What all requests through a proxy share.
namespace zocalo::http::detail {

/// One upstream, and how it is. Any thread.
class upstream {
 public:
    /// `http_2`: whether one of https:// is offered that.
    upstream(std::string_view text, bool http_2);

    const std::string url;     ///< as it was given
    const std::string origin;  ///< "http://127.0.0.1:9000"
    const std::string base;    ///< the path of its URL, without a slash at its end
    const std::string host;    ///< what Host says of it
    const http::versions versions;

    /// Whether requests had better go elsewhere now.
    [[nodiscard]] bool is_out(io::time_point now) const noexcept;
    /// Whether health checks say that it is out.
    [[nodiscard]] bool is_sick() const noexcept { return is_sick_.load(); }

    void note_success() noexcept { in_a_row_.store(0); }
    void note_failure(io::time_point now, const reverse_proxy_options& how) noexcept;
    void note_check(bool was_good, const health_check_options& how) noexcept;

    std::atomic<std::size_t> active = 0;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> failures = 0;

 private:
    std::atomic<unsigned> in_a_row_ = 0;
    std::atomic<io::time_point::rep> out_until_ = 0;
    std::atomic<bool> is_sick_ = false;
    unsigned good_checks_ = 0;  ///< in a row; of the one task that checks
    unsigned bad_checks_ = 0;
};

/// A request under way at an upstream, for those who count.
class turn {
 public:
    explicit turn(upstream& at) noexcept : at_(at) {
        ++at_.active;
        ++at_.requests;
    }
    ~turn() { --at_.active; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

 private:
    upstream& at_;
};

class proxy_core {
 public:
    explicit proxy_core(reverse_proxy_options how);

    /// Whom to ask next, none of `tried`; null when there is nobody.
    [[nodiscard]] upstream* choose(const std::vector<upstream*>& tried, io::time_point now);
    /// The client of the calling thread.
    [[nodiscard]] http::client& client();

    const reverse_proxy_options options;
    std::deque<upstream> upstreams;

 private:
    [[nodiscard]] client_options how_to_ask() const;

    std::mutex mutex_;
    std::map<std::thread::id, http::client> clients_;
    std::atomic<std::size_t> next_ = 0;
};

}  // namespace zocalo::http::detail
