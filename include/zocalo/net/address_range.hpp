// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"

/// All addresses from one to another.
namespace zocalo::net {

class network;

namespace detail {

/// Goes from a value to another, both included, by the values' own next(); needs no range that
/// lives on.
template <class Value>
class value_iterator {
 public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    constexpr value_iterator() noexcept = default;
    constexpr value_iterator(const Value& at, const Value& last) noexcept : at_(at), last_(last) {}

    constexpr Value operator*() const noexcept { return *at_; }
    constexpr const Value* operator->() const noexcept { return &*at_; }
    constexpr value_iterator& operator++() noexcept {
        at_ = *at_ == last_ ? std::nullopt : at_->next();
        return *this;
    }
    constexpr value_iterator operator++(int) noexcept {
        value_iterator before = *this;
        ++*this;
        return before;
    }
    friend constexpr bool operator==(const value_iterator&,
                                     const value_iterator&) noexcept = default;
    friend constexpr bool operator==(const value_iterator& it, std::default_sentinel_t) noexcept {
        return !it.at_;
    }

 private:
    std::optional<Value> at_;  // nothing at the end
    Value last_;
};

}  // namespace detail

/// The addresses from `first()` to `last()`, both included; never empty. A plain value that can be
/// iterated, compared and used in constants. Scopes do not count and are dropped.
class address_range {
 public:
    using iterator = detail::value_iterator<address>;

    /// Throws std::invalid_argument when the addresses are of two families or in the wrong order.
    constexpr address_range(const address& first, const address& last)
        : first_(first.with_scope(0)), last_(last.with_scope(0)) {
        if (first_.is_v6() != last_.is_v6() || last_ < first_) refuse(first_, last_);
    }

    /// Reads `192.0.2.1-192.0.2.9`. Throws std::invalid_argument that shows the text.
    static address_range parse(std::string_view text);

    [[nodiscard]] constexpr const address& first() const noexcept { return first_; }
    [[nodiscard]] constexpr const address& last() const noexcept { return last_; }

    [[nodiscard]] constexpr bool contains(const address& ip) const noexcept {
        const address plain = ip.with_scope(0);
        return first_ <= plain && plain <= last_;
    }
    [[nodiscard]] constexpr bool overlaps(const address_range& other) const noexcept {
        return first_ <= other.last_ && other.first_ <= last_;
    }

    /// How many addresses; nothing when it is 2^64 or more.
    [[nodiscard]] constexpr std::optional<std::uint64_t> size() const noexcept {
        const auto [high, low] = difference();
        if (high != 0 || low == UINT64_MAX) return std::nullopt;
        return low + 1;
    }

    /// The networks that together are exactly this range, as few as possible (at most 254), in
    /// order. See network.hpp.
    [[nodiscard]] std::vector<network> summarise() const;

    [[nodiscard]] constexpr iterator begin() const noexcept { return {first_, last_}; }
    [[nodiscard]] constexpr std::default_sentinel_t end() const noexcept { return {}; }

    /// `192.0.2.1-192.0.2.9`.
    [[nodiscard]] std::string to_string() const;

    friend constexpr bool operator==(const address_range&, const address_range&) noexcept = default;
    friend constexpr auto operator<=>(const address_range&,
                                      const address_range&) noexcept = default;

 private:
    struct number {
        std::uint64_t high;
        std::uint64_t low;
    };
    static constexpr number number_of(const address& ip) noexcept {
        number value{0, 0};
        for (const std::uint8_t byte : ip.bytes()) {
            value.high = value.high << 8 | value.low >> 56;
            value.low = (value.low & UINT64_MAX >> 8) << 8 | byte;
        }
        return value;
    }
    /// last − first.
    [[nodiscard]] constexpr number difference() const noexcept {
        const number a = number_of(first_);
        const number b = number_of(last_);
        const bool borrow = b.low < a.low;
        const std::uint64_t low = borrow ? UINT64_MAX - (a.low - b.low) + 1 : b.low - a.low;
        return {b.high - a.high - (borrow ? 1 : 0), low};
    }
    [[noreturn]] static void refuse(const address& first, const address& last);

    address first_;
    address last_;
};

std::ostream& operator<<(std::ostream& out, const address_range& value);

}  // namespace zocalo::net

template <>
struct std::hash<zocalo::net::address_range> {
    std::size_t operator()(const zocalo::net::address_range& value) const noexcept;
};
