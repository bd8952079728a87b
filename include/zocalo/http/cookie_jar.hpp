// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/http/cookie.hpp"
#include "zocalo/url/host.hpp"

/// What a client remembers for servers.
namespace zocalo::url {
class uri;
}

namespace zocalo::http {

class fields;

/// A cookie in the jar.
struct cookie {
    std::string name = {};
    std::string value = {};
    std::string domain = {};  ///< spelled as url::host does
    std::string path = "/";
    std::optional<std::chrono::sys_seconds> expires = {};  ///< none: for this session
    bool host_only = true;  ///< for `domain` itself; otherwise for what is below it, too
    bool secure = false;
    bool http_only = false;
    http::same_site same_site = http::same_site::unset;

    friend bool operator==(const cookie&, const cookie&) = default;
};

/// Who asks whom.
struct cookie_target {
    url::host host;
    std::string path = "/";
    bool is_secure = false;  ///< https or wss

    /// On whose account: another site's page loads something, or somebody follows its link.
    enum class relation : std::uint8_t { same_site, followed_link, cross_site };
    relation asked_by = relation::same_site;

    /// Throws std::invalid_argument when the URL has no host.
    static cookie_target of(const url::uri& where);
};

/// How much is remembered. Beyond it go the cookies that have expired, and then those that were
/// not sent for the longest time.
struct cookie_limits {
    std::size_t total = 3000;
    std::size_t per_domain = 150;
    std::size_t per_response = 50;  ///< later ones are passed over
    std::size_t header = 8190;      ///< bytes of a Cookie field; the later ones are left out
    std::chrono::seconds age = std::chrono::days(400);
};

/// What the owner of a jar decides beyond the rules: both are asked last, and an empty one allows
/// all. They are called within set() and get(), and may not call the jar.
struct cookie_policy {
    /// Whether the jar takes this cookie from there. A cookie that only takes its like away is
    /// taken without a question.
    std::function<bool(const cookie& what, const cookie_target& by)> accepts = {};
    /// Whether it goes out this time; it stays in the jar.
    std::function<bool(const cookie& what, const cookie_target& of)> gives = {};
};

/// Cookies, kept and given back as browsers do (RFC 6265 §5, and its successor).
///
/// A cookie goes to the host that set it, or to the domain that it names, if that has the host in
/// it and no strangers share it (`org`, `co.uk`, `github.io`). Hosts are compared in the spelling
/// of url::host: no upper case, no dot at the end; an address is nobody's domain. What is not said
/// over TLS changes nothing that was. **Threads.** One at a time.
class cookie_jar {
 public:
    explicit cookie_jar(const cookie_limits& within = {}) noexcept : limits_(within) {}

    /// From now on, whoever is in it already.
    void set_policy(cookie_policy policy) { policy_ = std::move(policy); }

    /// Takes all Set-Cookie of a response: how many were taken.
    std::size_t set(const cookie_target& by, const fields& response, std::chrono::sys_seconds now);
    /// Takes one. False when it may not be set by that server, or not so.
    bool set(const cookie_target& by, const set_cookie& said, std::chrono::sys_seconds now);

    /// The value of Cookie for a request: longer paths first, then the older ones. Empty when there
    /// are none: then send no field.
    [[nodiscard]] std::string get(const cookie_target& of, std::chrono::sys_seconds now);

    /// Puts one in as it is, in place of its like: for what comes from a file or from the caller.
    ///
    /// Throws std::invalid_argument when its domain is no host, or what it has is no cookie's.
    void add(cookie made, std::chrono::sys_seconds now);

    /// All that there are, domain by domain.
    [[nodiscard]] std::vector<cookie> all() const;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    void clear() noexcept;
    /// Those of a domain, and of no other: how many there were.
    std::size_t clear(std::string_view domain);
    /// The same of one path, or of one name there.
    std::size_t clear(std::string_view domain, std::string_view path,
                      std::optional<std::string_view> name = {});
    /// Those without a date: what browsers do when they are closed.
    std::size_t clear_session();
    std::size_t clear_expired(std::chrono::sys_seconds now);

 private:
    struct entry {
        cookie what;
        std::uint64_t made = 0;  ///< in the order in which they were made
        std::uint64_t used = 0;  ///< in the order in which they were sent or set
    };
    using shelf = std::vector<entry>;  ///< of one domain

    template <class Unwanted>
    std::size_t remove(const Unwanted& unwanted);
    [[nodiscard]] bool is_overlaid(const cookie& made) const;
    void put(cookie made, std::chrono::sys_seconds now);
    void evict(shelf& crowded, std::chrono::sys_seconds now);
    void evict_anywhere(std::chrono::sys_seconds now);

    cookie_limits limits_;
    cookie_policy policy_;
    std::map<std::string, shelf, std::less<>> shelves_;
    std::size_t size_ = 0;
    std::uint64_t steps_ = 0;
};

}  // namespace zocalo::http
