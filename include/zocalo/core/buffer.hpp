// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

/// Views of bytes that somebody else owns: what every call that sends or receives takes.
///
/// A buffer is a pointer and a length, made without a copy from text, arrays, vectors, spans and
/// anything else that is contiguous and made of plain bytes. The memory must stay alive and unmoved
/// until the call that it was given to has returned. Buffers are values; using one from two threads
/// is safe exactly when using the memory behind it is.
namespace zocalo {

namespace detail {

/// Types whose objects are single bytes with no meaning beyond their value.
template <class T>
concept byte_like =
    std::is_same_v<T, char> || std::is_same_v<T, unsigned char> || std::is_same_v<T, signed char> ||
    std::is_same_v<T, std::byte> || std::is_same_v<T, char8_t>;

template <class Range>
using element_of = std::remove_pointer_t<decltype(std::declval<Range&>().data())>;

template <class Range>
concept readable_bytes =
    byte_like<std::remove_const_t<element_of<const Range>>> && requires(const Range& range) {
        { range.size() } -> std::convertible_to<std::size_t>;
    };

template <class Range>
concept writable_bytes = byte_like<element_of<Range>> && requires(Range& range) {
    { range.size() } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// Memory that may be written: the destination of a receive.
class mutable_buffer {
 public:
    constexpr mutable_buffer() noexcept = default;
    constexpr mutable_buffer(std::byte* data, std::size_t size) noexcept
        : data_(data), size_(size) {}
    mutable_buffer(void* data, std::size_t size) noexcept
        : data_(static_cast<std::byte*>(data)), size_(size) {}

    /// All bytes of a string, vector, array or span. A string or vector is filled, never grown.
    template <detail::writable_bytes Range>
    mutable_buffer(Range&& range) noexcept
        : mutable_buffer(static_cast<void*>(range.data()), range.size()) {}

    template <detail::byte_like Byte, std::size_t N>
    mutable_buffer(Byte (&array)[N]) noexcept : mutable_buffer(static_cast<void*>(array), N) {}

    [[nodiscard]] constexpr std::byte* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// The first `count` bytes; all of them when there are fewer.
    [[nodiscard]] constexpr mutable_buffer first(std::size_t count) const noexcept {
        return {data_, count < size_ ? count : size_};
    }

    /// What is left after `count` bytes; nothing when there are fewer.
    [[nodiscard]] constexpr mutable_buffer without(std::size_t count) const noexcept {
        return count < size_ ? mutable_buffer{data_ + count, size_ - count}
                             : mutable_buffer{data_ + size_, 0};
    }

    constexpr operator std::span<std::byte>() const noexcept { return {data_, size_}; }

 private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Memory that is only read: the source of a send.
class const_buffer {
 public:
    constexpr const_buffer() noexcept = default;
    constexpr const_buffer(const std::byte* data, std::size_t size) noexcept
        : data_(data), size_(size) {}
    const_buffer(const void* data, std::size_t size) noexcept
        : data_(static_cast<const std::byte*>(data)), size_(size) {}
    constexpr const_buffer(mutable_buffer buffer) noexcept
        : data_(buffer.data()), size_(buffer.size()) {}

    template <detail::readable_bytes Range>
    const_buffer(const Range& range) noexcept
        : const_buffer(static_cast<const void*>(range.data()), range.size()) {}

    /// A string literal: its characters without the NUL at the end; NULs inside are kept.
    template <std::size_t N>
    const_buffer(const char (&literal)[N]) noexcept
        : const_buffer(static_cast<const void*>(literal), N - 1) {}

    /// An array of characters could be text or a whole array: say which with std::string_view or
    /// std::span.
    template <std::size_t N>
    const_buffer(char (&array)[N]) = delete;

    template <detail::byte_like Byte, std::size_t N>
        requires(!std::is_same_v<Byte, char>)
    const_buffer(const Byte (&array)[N]) noexcept
        : const_buffer(static_cast<const void*>(array), N) {}

    [[nodiscard]] constexpr const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// The first `count` bytes; all of them when there are fewer.
    [[nodiscard]] constexpr const_buffer first(std::size_t count) const noexcept {
        return {data_, count < size_ ? count : size_};
    }

    /// What is left after `count` bytes; nothing when there are fewer.
    [[nodiscard]] constexpr const_buffer without(std::size_t count) const noexcept {
        return count < size_ ? const_buffer{data_ + count, size_ - count}
                             : const_buffer{data_ + size_, 0};
    }

    /// The same bytes as characters. Nothing is checked or converted.
    [[nodiscard]] std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(data_), size_};
    }

    constexpr operator std::span<const std::byte>() const noexcept { return {data_, size_}; }

 private:
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace zocalo
