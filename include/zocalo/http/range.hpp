// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Parts of a resource: Range and Content-Range in bytes (RFC 9110 §14).
namespace zocalo::http {

/// Bytes from `first` to `last`, with both of them.
struct byte_range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    [[nodiscard]] constexpr std::uint64_t size() const noexcept { return last - first + 1; }
    friend bool operator==(const byte_range&, const byte_range&) = default;
};

/// As a client asks for it: `0-499`; `500-`, without `last`; the last 500, `-500`, without `first`.
struct wanted_range {
    std::optional<std::uint64_t> first = {};
    std::optional<std::uint64_t> last = {};

    friend bool operator==(const wanted_range&, const wanted_range&) = default;
};

/// The value of a Range field: "bytes=0-499, -500".
///
/// Throws std::invalid_argument when it is empty or one of them is none.
[[nodiscard]] std::string range_text(std::span<const wanted_range> wanted);

/// What a server puts up with.
struct range_limits {
    std::size_t most = 10;  ///< ranges; a client that wants more gets all of it
    /// Ranges with no more bytes between them are sent as one: the head of a part is as long.
    std::uint64_t gap = 80;
};

enum class range_answer : std::uint8_t {
    whole,    ///< there is no Range, or none that counts: 200
    partial,  ///< 206
    none,     ///< all of them lie behind the end: 416, with Content-Range
};

/// What to send.
struct chosen_ranges {
    range_answer answer = range_answer::whole;
    std::vector<byte_range> parts = {};  ///< of `partial`; they do not overlap
};

/// What a Range field asks for, of `size` bytes. Only for GET, and where range_counts().
///
/// Units that are not bytes, fields that make no sense, and more ranges than the limit are as if
/// there was no Range. Ranges that overlap or nearly touch become one, so it is never more than
/// `size` bytes. Of nothing at all everything is sent, whatever is asked for.
[[nodiscard]] chosen_ranges choose_ranges(std::string_view wanted, std::uint64_t size,
                                          const range_limits& within = {});

/// Which part of how much is sent: `bytes 0-499/1234`.
struct content_range {
    std::optional<byte_range> part = {};     ///< none: 416, nothing of it
    std::optional<std::uint64_t> size = {};  ///< of the whole; none: not known

    /// Nothing for another unit, and for a part that ends before it begins, or behind the end.
    static std::optional<content_range> try_parse(std::string_view text);
    /// Throws std::invalid_argument for such, and when there is neither part nor size.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const content_range&, const content_range&) = default;
};

/// Several parts in one response: multipart/byteranges (RFC 9110 §14.6).
///
/// Send head(i) and the bytes of that part for each, and then tail(). The size is known before:
/// that is the Content-Length.
class multipart_ranges {
 public:
    /// `type` is that of the whole. `boundary` must not be in what is sent: make_boundary().
    multipart_ranges(std::vector<byte_range> parts, std::uint64_t size, std::string_view type,
                     std::string_view boundary);

    [[nodiscard]] std::string content_type() const;
    [[nodiscard]] std::uint64_t content_size() const;
    [[nodiscard]] std::span<const byte_range> parts() const noexcept { return parts_; }
    /// What stands before the bytes of that part.
    [[nodiscard]] std::string head(std::size_t part) const;
    /// What stands behind the last one.
    [[nodiscard]] std::string tail() const;

 private:
    std::vector<byte_range> parts_;
    std::uint64_t size_;
    std::string type_;
    std::string boundary_;
};

}  // namespace zocalo::http
