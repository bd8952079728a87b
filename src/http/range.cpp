// SPDX-License-Identifier: MIT
#include "zocalo/http/range.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Nothing when there are no digits. A number that is too large is the largest.
std::optional<std::uint64_t> take_number(detail::value_scanner& from) noexcept {
    const std::string_view digits = from.take_while(is_digit);
    if (digits.empty()) return std::nullopt;
    return from_digits<std::uint64_t>(digits).value_or(endless);
}

// int-range / suffix-range
std::optional<wanted_range> take_range(detail::value_scanner& from) noexcept {
    wanted_range read;
    read.first = take_number(from);
    if (!from.take('-')) return std::nullopt;
    read.last = take_number(from);
    if (!read.first && !read.last) return std::nullopt;
    if (read.first && read.last && *read.last < *read.first) return std::nullopt;
    return read;
}

// ranges-specifier = "bytes" "=" 1#( int-range / suffix-range )
std::optional<std::vector<wanted_range>> read_ranges(std::string_view text, std::size_t most) {
    detail::value_scanner from(trimmed(text));
    if (!same_name(from.token(), "bytes") || !from.take('=')) return std::nullopt;
    std::vector<wanted_range> all;
    while (!from.is_at_end()) {
        from.skip_space();
        if (from.take(',')) continue;
        const auto next = take_range(from);
        if (!next || all.size() == most) return std::nullopt;
        all.push_back(*next);
        from.skip_space();
        if (!from.is_at_end() && !from.take(',')) return std::nullopt;
    }
    if (all.empty()) return std::nullopt;
    return all;
}

/// Of `size` bytes, which is not 0.
std::optional<byte_range> satisfy(const wanted_range& wanted, std::uint64_t size) noexcept {
    const std::uint64_t last = size - 1;
    if (!wanted.first) {
        if (*wanted.last == 0) return std::nullopt;
        return byte_range{size - std::min(size, *wanted.last), last};
    }
    if (*wanted.first > last) return std::nullopt;
    return byte_range{*wanted.first, std::min(wanted.last.value_or(last), last)};
}

bool is_near(const byte_range& one, const byte_range& other, std::uint64_t gap) noexcept {
    const auto begins_near = [gap](const byte_range& a, const byte_range& b) {
        return a.first <= b.first && (b.first <= a.last || b.first - a.last - 1 <= gap);
    };
    return begins_near(one, other) || begins_near(other, one);
}

/// Adds a range, with all that it touches in place of the first of those.
void merge(std::vector<byte_range>& into, byte_range added, std::uint64_t gap) {
    const auto touches = [&](const byte_range& each) { return is_near(each, added, gap); };
    auto place = into.end() - into.begin();
    for (auto at = std::find_if(into.begin(), into.end(), touches); at != into.end();
         at = std::find_if(into.begin(), into.end(), touches)) {
        added = {std::min(added.first, at->first), std::max(added.last, at->last)};
        place = std::min(place, at - into.begin());
        into.erase(at);
    }
    into.insert(into.begin() + std::min(place, into.end() - into.begin()), added);
}

bool makes_sense(const content_range& range) noexcept {
    if (!range.part) return range.size.has_value();
    return range.part->first <= range.part->last && (!range.size || range.part->last < *range.size);
}

std::string to_text(const byte_range& part) {
    return std::to_string(part.first) + '-' + std::to_string(part.last);
}

}  // namespace

std::string range_text(std::span<const wanted_range> wanted) {
    const auto number = [](const std::optional<std::uint64_t>& value) {
        return value ? std::to_string(*value) : std::string();
    };
    std::string text = "bytes=";
    for (const wanted_range& each : wanted) {
        const std::string range = number(each.first) + '-' + number(each.last);
        detail::value_scanner check(range);
        if (!take_range(check)) throw std::invalid_argument("no range: " + quoted(range));
        if (&each != wanted.data()) text += ", ";
        text += range;
    }
    if (wanted.empty()) throw std::invalid_argument("no ranges");
    return text;
}

chosen_ranges choose_ranges(std::string_view wanted, std::uint64_t size,
                            const range_limits& within) {
    const auto asked = read_ranges(wanted, within.most);
    if (!asked || size == 0) return {};
    chosen_ranges chosen{.answer = range_answer::partial};
    for (const wanted_range& each : *asked) {
        if (const auto part = satisfy(each, size)) merge(chosen.parts, *part, within.gap);
    }
    if (chosen.parts.empty()) chosen.answer = range_answer::none;
    return chosen;
}

// Content-Range = "bytes" SP ( first-pos "-" last-pos "/" ( complete-length / "*" ) / "*/" size )
std::optional<content_range> content_range::try_parse(std::string_view text) {
    detail::value_scanner from(trimmed(text));
    if (!same_name(from.token(), "bytes") || !from.take(' ')) return std::nullopt;
    content_range read;
    if (!from.take('*')) {
        const auto part = take_range(from);
        if (!part || !part->first || !part->last) return std::nullopt;
        read.part = byte_range{*part->first, *part->last};
    }
    if (!from.take('/')) return std::nullopt;
    if (!from.take('*')) {
        const std::string_view digits = from.take_while(is_digit);
        read.size = from_digits<std::uint64_t>(digits);
        if (!read.size) return std::nullopt;
    }
    if (!from.is_at_end() || !makes_sense(read)) return std::nullopt;
    return read;
}

std::string content_range::to_string() const {
    if (!makes_sense(*this)) throw std::invalid_argument("a part that is none, in Content-Range");
    std::string text = "bytes ";
    text += part ? to_text(*part) : "*";
    text += '/';
    return text += size ? std::to_string(*size) : "*";
}

multipart_ranges::multipart_ranges(std::vector<byte_range> parts, std::uint64_t size,
                                   std::string_view type, std::string_view boundary)
    : parts_(std::move(parts)), size_(size), type_(type), boundary_(boundary) {
    if (!is_token(boundary) || boundary.size() > 70)
        throw std::invalid_argument("no boundary: " + quoted(boundary));
    if (!is_field_value(type)) throw std::invalid_argument("no media type: " + quoted(type));
}

std::string multipart_ranges::content_type() const {
    std::string text = "multipart/byteranges; boundary=";
    return text += boundary_;
}

std::uint64_t multipart_ranges::content_size() const {
    std::uint64_t total = tail().size();
    for (std::size_t i = 0; i < parts_.size(); ++i)
        total += head(i).size() + parts_[i].size();
    return total;
}

std::string multipart_ranges::head(std::size_t part) const {
    std::string text = part == 0 ? "--" : "\r\n--";
    text.append(boundary_).append("\r\n");
    if (!type_.empty()) text.append("Content-Type: ").append(type_).append("\r\n");
    const content_range which{.part = parts_.at(part), .size = size_};
    return text.append("Content-Range: ").append(which.to_string()).append("\r\n\r\n");
}

std::string multipart_ranges::tail() const {
    std::string text = "\r\n--";
    return text.append(boundary_).append("--\r\n");
}

}  // namespace zocalo::http
