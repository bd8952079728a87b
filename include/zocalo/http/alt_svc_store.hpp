// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/url/origin.hpp"

/// Other places where an origin can be asked (Alt-Svc, RFC 7838).
namespace zocalo::http {

class fields;

/// One of them.
struct alternative_service {
    std::string protocol = {};  ///< as ALPN has it: `h2`, `http/1.1` or `h3`
    std::string host = {};      ///< spelled as url::host does
    std::uint16_t port = 0;
    std::chrono::sys_seconds expires = {};
    bool persists = false;  ///< on another network, too

    /// Whether it is the same place, however long that is good for.
    [[nodiscard]] bool is_at(const alternative_service& other) const noexcept {
        return protocol == other.protocol && host == other.host && port == other.port;
    }
    friend bool operator==(const alternative_service&, const alternative_service&) = default;
};

/// What a client remembers of them: give it to client_options::alternatives.
///
/// Of an origin it keeps the first eight that are of a protocol above; `h3` is kept for others, as
/// the client does not speak it. **Threads.** One at a time.
class alt_svc_store {
 public:
    static constexpr std::size_t most_of_one = 8;

    /// It holds no more than `most` origins: those that have expired go first, then whichever
    /// expires next.
    explicit alt_svc_store(std::size_t most = 1000) noexcept : most_(most) {}

    /// Takes the Alt-Svc of a response that came over TLS from a server who has proved that it is
    /// that origin. True when there was one that counts: well-formed, of `https`. It replaces all
    /// that was known of the origin; `clear` forgets that. Nothing is kept for longer than 30 days.
    bool set(const url::origin& by, const fields& response, std::chrono::sys_seconds now);

    /// Those that are good, in the order in which the origin would have them used.
    [[nodiscard]] std::vector<alternative_service> find(const url::origin& of,
                                                        std::chrono::sys_seconds now) const;

    /// Puts one in as it is, behind those that the origin has; the same one a second time counts
    /// with its new end. False when it has expired or there is no room. Throws
    /// std::invalid_argument for a host that is none, a port 0, another protocol and another
    /// scheme.
    bool add(const url::origin& of, alternative_service made, std::chrono::sys_seconds now);
    /// It did not work: whether it was known.
    bool remove(const url::origin& of, const alternative_service& which);
    /// This machine is on another network now: only those that persist stay (§2.2).
    void change_network();

    [[nodiscard]] std::vector<std::pair<url::origin, alternative_service>> all() const;
    /// Of origins.
    [[nodiscard]] std::size_t size() const noexcept { return known_.size(); }

 private:
    [[nodiscard]] bool make_room(const url::origin& of, std::chrono::sys_seconds now);

    std::size_t most_;
    std::map<url::origin, std::vector<alternative_service>> known_;  ///< none is empty
};

/// The file of `curl --alt-svc`: a line for each, `h1 example.org 443 h2 b.example.org 8443
/// "20301231 23:59:59" 0 0`. What has expired is left out. The first word, by which version an
/// origin has said so, is always `h1`, as that counts for all.
[[nodiscard]] std::string to_alt_svc_file(const alt_svc_store& store, std::chrono::sys_seconds now);
/// Adds what is in such a file: how many. Lines that make no sense are passed over, as are those
/// that have expired.
std::size_t read_alt_svc_file(alt_svc_store& into, std::string_view text,
                              std::chrono::sys_seconds now);

}  // namespace zocalo::http
