// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/url/host.hpp"

/// Hosts that want to be spoken to in TLS only (HSTS, RFC 6797).
namespace zocalo::http {

class fields;

/// What a host has said of itself.
struct hsts_policy {
    std::string host = {};                                 ///< spelled as url::host does
    std::optional<std::chrono::sys_seconds> expires = {};  ///< none: never
    bool has_subdomains = false;                           ///< what is below it, too

    friend bool operator==(const hsts_policy&, const hsts_policy&) = default;
};

/// What a client remembers of them: give it to client_options::hsts, and `http://` is `https://`
/// there before a byte is sent.
///
/// Hosts are compared in the spelling of url::host, so no upper case and no dot at the end leads
/// around it; addresses have no policies. **Threads.** One at a time.
class hsts_store {
 public:
    /// It holds no more than `most` hosts: those that have expired go first, and then no new ones
    /// get in, for none that is protected may lose that to many others.
    explicit hsts_store(std::size_t most = 10000) noexcept : most_(most) {}

    /// Takes the Strict-Transport-Security of a response that came over TLS from a server who has
    /// proved who it is; from anybody else it is no word of that host. True when there was one that
    /// counts: the first, well-formed, with a max-age. That of 0 forgets the host.
    bool set(const url::host& by, const fields& response, std::chrono::sys_seconds now);

    /// Whether that host is to be spoken to in TLS only.
    [[nodiscard]] bool wants_tls(const url::host& who, std::chrono::sys_seconds now) const;

    /// Puts one in as it is. False when it is full. Throws std::invalid_argument when its host is
    /// none, or an address.
    bool add(hsts_policy made, std::chrono::sys_seconds now);
    /// Whether there was one.
    bool remove(std::string_view host);
    [[nodiscard]] std::vector<hsts_policy> all() const;
    [[nodiscard]] std::size_t size() const noexcept { return known_.size(); }

 private:
    [[nodiscard]] bool make_room(const std::string& host, std::chrono::sys_seconds now);

    std::size_t most_;
    std::map<std::string, hsts_policy, std::less<>> known_;
};

/// The file of `curl --hsts`: a line for each, `.example.org "20301231 23:59:59"`, where the dot is
/// for what is below it. What has expired is left out.
[[nodiscard]] std::string to_hsts_file(const hsts_store& store, std::chrono::sys_seconds now);
/// Adds what is in such a file: how many hosts. Lines that make no sense are passed over, as are
/// those that have expired.
std::size_t read_hsts_file(hsts_store& into, std::string_view text, std::chrono::sys_seconds now);

}  // namespace zocalo::http
