// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"

/// The one way in which bytes of a frame or a capture file are read and written.
///
/// A reader goes front to back and cannot leave its memory; what it takes whole becomes `fields`,
/// whose accessors the compiler checks. A writer appends.
namespace zocalo::net::packet {

/// Bytes that own their memory: what every builder makes.
using bytes = std::vector<std::byte>;

namespace detail {

template <class Number>
constexpr Number load(const std::byte* from, std::endian order) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        const std::size_t at = order == std::endian::big ? i : sizeof(Number) - 1 - i;
        number = (number << 8) | std::to_integer<std::uint64_t>(from[at]);
    }
    return static_cast<Number>(number);
}

template <std::size_t Size>
inline constexpr std::array<std::byte, Size> zeros{};

}  // namespace detail

/// Exactly `Size` bytes in network order, read by position; a position outside does not compile.
///
/// A view: the memory belongs to somebody else and must outlive it. The default is all zeros.
template <std::size_t Size>
class fields {
 public:
    constexpr fields() noexcept = default;
    constexpr explicit fields(std::span<const std::byte, Size> whole) noexcept
        : data_(whole.data()) {}

    template <std::size_t At>
    [[nodiscard]] constexpr std::uint8_t u8() const noexcept {
        return number<std::uint8_t, At>();
    }
    template <std::size_t At>
    [[nodiscard]] constexpr std::uint16_t u16() const noexcept {
        return number<std::uint16_t, At>();
    }
    template <std::size_t At>
    [[nodiscard]] constexpr std::uint32_t u32() const noexcept {
        return number<std::uint32_t, At>();
    }
    /// A copy of `Count` bytes, for the constructors of addresses.
    template <std::size_t At, std::size_t Count>
    [[nodiscard]] constexpr std::array<std::uint8_t, Count> octets() const noexcept {
        static_assert(At + Count <= Size);
        std::array<std::uint8_t, Count> copy{};
        for (std::size_t i = 0; i < Count; ++i)
            copy[i] = std::to_integer<std::uint8_t>(data_[At + i]);
        return copy;
    }
    [[nodiscard]] constexpr std::span<const std::byte, Size> all() const noexcept {
        return std::span<const std::byte, Size>(data_, Size);
    }

 private:
    template <class Number, std::size_t At>
    constexpr Number number() const noexcept {
        static_assert(At + sizeof(Number) <= Size);
        return detail::load<Number>(data_ + At, std::endian::big);
    }

    const std::byte* data_ = detail::zeros<Size>.data();
};

/// Reads numbers and runs of bytes, front to back, and never past the end.
///
/// The first read that does not fit is remembered together with the name of its field; that read
/// and all later ones give zeros and empty runs. So a parser reads its whole header without asking
/// and asks once, at the end. Names of fields are kept as views: give literals.
class reader {
 public:
    /// `header` is what errors call these bytes; `offset` is where they begin in the whole frame or
    /// file, for errors too.
    constexpr reader(std::span<const std::byte> data, std::string_view header,
                     std::uint64_t offset = 0, std::endian order = std::endian::big) noexcept
        : data_(data), header_(header), offset_(offset), order_(order) {}

    /// What payload() does when a capture has cut the frame: take what there is.
    constexpr void allow_cut() noexcept { may_be_cut_ = true; }

    std::uint8_t u8(std::string_view field) noexcept { return number<std::uint8_t>(field); }
    std::uint16_t u16(std::string_view field) noexcept { return number<std::uint16_t>(field); }
    std::uint32_t u32(std::string_view field) noexcept { return number<std::uint32_t>(field); }
    std::uint64_t u64(std::string_view field) noexcept { return number<std::uint64_t>(field); }

    /// `Size` bytes whose fields are read later.
    template <std::size_t Size>
    packet::fields<Size> fields(std::string_view field) noexcept {
        const auto run = take(Size, field);
        if (run.size() != Size) return {};
        return packet::fields<Size>(run.first<Size>());
    }
    /// The next `count` bytes; a failure when there are fewer.
    std::span<const std::byte> take(std::size_t count, std::string_view field) noexcept;
    /// The same for what the header says follows it: with allow_cut() it may be less.
    std::span<const std::byte> payload(std::size_t count, std::string_view field) noexcept;
    /// All that is left.
    std::span<const std::byte> rest() noexcept { return take(left(), {}); }

    [[nodiscard]] constexpr std::size_t left() const noexcept { return data_.size() - position_; }
    [[nodiscard]] constexpr std::size_t position() const noexcept { return position_; }
    [[nodiscard]] constexpr std::endian order() const noexcept { return order_; }

    /// Remembers that `field`, which begins at `position` of these bytes, breaks a rule; `why` is a
    /// literal. Only the first failure counts.
    void fail(std::string_view field, std::size_t position, std::string_view why) noexcept;
    [[nodiscard]] constexpr bool failed() const noexcept { return !why_.empty(); }
    /// Throws protocol_error that names header, field and offset when anything has failed.
    void check() const;

 private:
    template <class Number>
    Number number(std::string_view field) noexcept {
        const auto run = take(sizeof(Number), field);
        return run.empty() ? Number{0} : detail::load<Number>(run.data(), order_);
    }

    std::span<const std::byte> data_;
    std::size_t position_ = 0;
    std::string_view header_;
    std::uint64_t offset_;
    std::endian order_;
    bool may_be_cut_ = false;
    std::string_view field_;  // of the first failure, as the next two
    std::size_t failed_at_ = 0;
    std::string_view why_;
};

/// Appends numbers and bytes to memory that grows.
class writer {
 public:
    /// `out` must outlive the writer; what is in it already stays and is not counted.
    explicit writer(bytes& out, std::endian order = std::endian::big) noexcept
        : out_(&out), start_(out.size()), order_(order) {}

    writer& u8(std::uint8_t value) { return number(value); }
    writer& u16(std::uint16_t value) { return number(value); }
    writer& u32(std::uint32_t value) { return number(value); }
    writer& u64(std::uint64_t value) { return number(value); }
    writer& put(const_buffer run);
    writer& zeros(std::size_t count);
    /// Zeros until size() is a multiple of `unit`.
    writer& align(std::size_t unit) { return zeros((unit - size() % unit) % unit); }

    /// Replaces two bytes that were written before, `at` counted from this writer's first.
    /// std::out_of_range when they were not.
    void patch_u16(std::size_t at, std::uint16_t value);

    /// What this writer has written; valid until something more is.
    [[nodiscard]] std::span<const std::byte> written() const noexcept {
        return std::span<const std::byte>(*out_).subspan(start_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return out_->size() - start_; }

 private:
    template <class Number>
    writer& number(Number value) {
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            const std::size_t place = order_ == std::endian::big ? sizeof(Number) - 1 - i : i;
            out_->push_back(static_cast<std::byte>((value >> (8 * place)) & 0xFF));
        }
        return *this;
    }

    bytes* out_;
    std::size_t start_;
    std::endian order_;
};

}  // namespace zocalo::net::packet
