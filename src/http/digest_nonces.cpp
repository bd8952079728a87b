// SPDX-License-Identifier: MIT
// A nonce is 16 digits of time, 16 random ones, and 32 of the proof over both.
#include "zocalo/http/digest_nonces.hpp"

#include <algorithm>
#include <limits>

#include "zocalo/core/number.hpp"
#include "zocalo/tls/hash.hpp"

namespace zocalo::http {

namespace {

constexpr std::size_t signed_size = 32;
constexpr std::size_t nonce_size = 64;

std::string time_text(std::int64_t when) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<std::uint64_t>(when) >> shift & 0xFF);
    return tls::hex(bytes);
}

/// Of a nonce that is ours.
std::int64_t time_of(std::string_view nonce) noexcept {
    return static_cast<std::int64_t>(
        from_digits<std::uint64_t>(nonce.substr(0, 16), 16).value_or(0));
}

digest_nonce_options with_key(digest_nonce_options options) {
    if (options.key.empty()) options.key = tls::random_bytes(32);
    return options;
}

}  // namespace

digest_nonces::digest_nonces(digest_nonce_options options)
    : options_(with_key(std::move(options))),
      forgotten_(std::numeric_limits<std::int64_t>::min()) {}

std::string digest_nonces::make(std::chrono::sys_seconds now) {
    const std::string text =
        time_text(now.time_since_epoch().count()) + tls::hex(tls::random_bytes(8));
    return text + signature(text);
}

bool digest_nonces::is_ours(std::string_view nonce) const {
    return nonce.size() == nonce_size &&
           tls::is_same_secret(nonce.substr(signed_size), signature(nonce.substr(0, signed_size)));
}

bool digest_nonces::use(std::string_view nonce, std::uint32_t count, std::chrono::sys_seconds now) {
    if (!is_ours(nonce)) return false;
    const std::int64_t made = time_of(nonce);
    const std::int64_t oldest = (now - options_.lifetime).time_since_epoch().count();
    const std::lock_guard lock(mutex_);
    forget(oldest);
    if (made < oldest) return false;
    auto at = used_.find({made, std::string(nonce)});
    if (at == used_.end()) {
        if (made <= forgotten_) return false;
        at = used_.emplace(key{made, nonce}, counts{}).first;
    }
    counts& known = at->second;
    if (count > known.highest) {
        const std::uint32_t ahead = count - known.highest;
        constexpr std::uint64_t all = ~std::uint64_t{0};
        known.seen = ahead < 64 ? (known.seen & (all >> ahead)) << ahead : 0;
        known.highest = count;
    }
    const std::uint32_t behind = known.highest - count;
    if (behind >= 64 || (known.seen >> behind & 1) != 0) return false;
    known.seen |= std::uint64_t{1} << behind;
    return true;
}

std::size_t digest_nonces::remembered() const {
    const std::lock_guard lock(mutex_);
    return used_.size();
}

std::string digest_nonces::signature(std::string_view text) const {
    return tls::hex(tls::hmac(tls::hash::sha256, options_.key, text).substr(0, 16));
}

/// Those that are too old, and the oldest of those that would be too many.
void digest_nonces::forget(std::int64_t before) {
    while (!used_.empty() &&
           (used_.begin()->first.first < before || used_.size() >= options_.remembered)) {
        forgotten_ = std::max(forgotten_, used_.begin()->first.first);
        used_.erase(used_.begin());
    }
}

}  // namespace zocalo::http
