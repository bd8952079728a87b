// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

/// What a server that asks for Digest has to remember.
namespace zocalo::http {

struct digest_nonce_options {
    /// Asked with an older one, a client is to take a new one; it asks nobody for the password.
    std::chrono::seconds lifetime = std::chrono::minutes(5);
    /// Nonces that were used whose counts are remembered. When there are more, the oldest are as
    /// if their lifetime was over.
    std::size_t remembered = 10000;
    /// Signs nonces. Processes that serve the same clients share one, of 32 random bytes; each has
    /// its own counts, so each request can be replayed once at each. Empty: a random one.
    std::string key = {};
};

/// Nonces: made, recognised, and none of them taken twice with the same count (RFC 7616 §3.3,
/// §5.4).
///
/// A nonce is its time and a proof that this server made it, so nothing is remembered of one that
/// nobody has used with the right password. Of the others it is known which of the last 64 counts
/// came: requests may overtake each other, and none is taken twice.
///
///     const auto claim = http::digest_claim::try_parse(*shown);
///     if (!claim || !nonces.is_ours(claim->nonce)) return refuse();
///     if (!claim->knows(secret_of(claim->user), method)) return refuse();
///     if (!nonces.use(claim->nonce, claim->count, now)) return ask_again({.is_stale = true});
///
/// **Threads.** Any number may use it.
class digest_nonces {
 public:
    explicit digest_nonces(digest_nonce_options options = {});

    /// A new one.
    [[nodiscard]] std::string make(std::chrono::sys_seconds now);

    /// Whether this server made it, however long ago. Nothing is remembered.
    [[nodiscard]] bool is_ours(std::string_view nonce) const;
    /// The request with that count is taken, once. False for nonces that are not ours, too old or
    /// too long forgotten, and for counts that came before or are too far behind.
    ///
    /// Ask when the password was right, or strangers fill the memory.
    [[nodiscard]] bool use(std::string_view nonce, std::uint32_t count,
                           std::chrono::sys_seconds now);

    /// Nonces that are remembered.
    [[nodiscard]] std::size_t remembered() const;

 private:
    struct counts {
        std::uint32_t highest = 0;
        std::uint64_t seen = 0;  ///< bit n: highest - n came
    };
    using key = std::pair<std::int64_t, std::string>;  ///< when it was made, and the nonce

    [[nodiscard]] std::string signature(std::string_view text) const;
    void forget(std::int64_t before);

    const digest_nonce_options options_;
    mutable std::mutex mutex_;
    std::map<key, counts> used_;  ///< the oldest first
    std::int64_t forgotten_;      ///< those made then or before are, if they are not in there
};

}  // namespace zocalo::http
