// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace zocalo::http::detail {

/// What belongs to the streams of a connection, by their numbers; `Pointer` is one, or owns what it
/// points at.
///
/// Numbers are given in order, so each has a place of its own, as a rule, among twice as many as
/// there are streams: to find one is a look or two, and nothing has to be allocated for it.
template <class Pointer>
class http2_table {
 public:
    http2_table() : places_(least) {}

    /// Null when there is none.
    [[nodiscard]] auto* find(std::uint32_t number) const noexcept {
        return std::to_address(places_[place_of(number)].what);
    }
    /// Of a number that is not there.
    void add(std::uint32_t number, Pointer what) {
        if (2 * (size_ + 1) > places_.size()) grow();
        put(number, std::move(what));
        ++size_;
    }
    /// Null when there is none.
    Pointer take(std::uint32_t number) noexcept {
        std::size_t gap = place_of(number);
        Pointer taken = std::exchange(places_[gap].what, nullptr);
        if (taken == nullptr) return taken;
        --size_;
        // Those behind it that are not where they belong move up by one.
        for (std::size_t at = next(gap); places_[at].what != nullptr && detour(at) != 0;
             at = next(at)) {
            std::swap(places_[gap], places_[at]);
            gap = at;
        }
        return taken;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// call(number, what) of each.
    template <class Call>
    void for_each(Call call) const {
        for (const place& each : places_) {
            if (each.what != nullptr) call(each.number, *each.what);
        }
    }
    template <class Test>
    [[nodiscard]] bool all_of(Test test) const {
        return std::ranges::all_of(places_, [&test](const place& each) {
            return each.what == nullptr || test(*each.what);
        });
    }

 private:
    static constexpr std::size_t least = 8;  // a power of two, as all sizes are

    struct place {
        std::uint32_t number = 0;
        Pointer what = nullptr;
    };

    [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
    [[nodiscard]] std::size_t home(std::uint32_t number) const noexcept {
        return (number >> 1U) & mask();  // those of one end are all odd, or all even
    }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }
    /// How far who stands there is from where it belongs.
    [[nodiscard]] std::size_t detour(std::size_t at) const noexcept {
        return (at + places_.size() - home(places_[at].number)) & mask();
    }
    /// Where it is, or one that is empty.
    [[nodiscard]] std::size_t place_of(std::uint32_t number) const noexcept {
        std::size_t at = home(number);
        while (places_[at].what != nullptr && places_[at].number != number)
            at = next(at);
        return at;
    }
    /// Who stands nearer to where it belongs makes way, so that take() need not look far.
    void put(std::uint32_t number, Pointer what) noexcept {
        place mine{number, std::move(what)};
        std::size_t at = home(number);
        for (std::size_t passed = 0; places_[at].what != nullptr; ++passed, at = next(at)) {
            const std::size_t its = detour(at);
            if (its >= passed) continue;
            std::swap(places_[at], mine);
            passed = its;
        }
        places_[at] = std::move(mine);
    }
    void grow() {
        std::vector<place> larger(2 * places_.size());
        places_.swap(larger);
        for (place& each : larger) {
            if (each.what != nullptr) put(each.number, std::move(each.what));
        }
    }

    std::vector<place> places_;
    std::size_t size_ = 0;
};

}  // namespace zocalo::http::detail
