// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The fields of a message's head, or of its trailer (RFC 9110 §5).
namespace zocalo::http {

namespace detail {
class field_sink;
}

/// One field: a view of a name and a value that live somewhere else.
struct field {
    std::string_view name;
    std::string_view value;
    friend bool operator==(const field&, const field&) = default;
};

/// Names and values in the order in which they came. A name may be there more than once; upper and
/// lower case are the same.
///
/// All text stands in one piece of memory, so there are two allocations for any number of fields,
/// and none once the object has been used: clear() keeps the memory. What gets in is checked: no
/// name or value can carry CR, LF, NUL or another control character, and so nothing that is written
/// from here can be more than one field.
///
/// **Lifetime.** Views are good until the next call that changes the object.
class fields {
 public:
    class iterator;
    using const_iterator = iterator;
    using value_type = field;

    fields() = default;
    /// `{{"Host", "localhost"}, {"Accept", "*/*"}}`; throws as add() does.
    fields(std::initializer_list<field> all);

    /// One more field at the end; white space around the value is dropped.
    ///
    /// Throws std::invalid_argument, which names the field, when the name is no token or when the
    /// value has a control character.
    fields& add(std::string_view name, std::string_view value);
    /// The same, and the only one of its name.
    fields& set(std::string_view name, std::string_view value);
    /// How many there were.
    std::size_t remove(std::string_view name);
    /// No fields. The memory is kept for the next ones.
    void clear() noexcept;

    /// The value of the first field of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// The same; empty when there is none.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool contains(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
    /// All values of that name as the one list that they are (RFC 9110 §5.3): "a, b".
    [[nodiscard]] std::string joined(std::string_view name) const;
    /// Whether a list of tokens, in one or several fields, has that member: `Connection: a, close`.
    [[nodiscard]] bool lists(std::string_view name, std::string_view token) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
    [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
    [[nodiscard]] field operator[](std::size_t index) const noexcept;
    [[nodiscard]] iterator begin() const noexcept;
    [[nodiscard]] iterator end() const noexcept;

    /// `Name: value` and CR LF for each, as they go over the line.
    void append_to(std::string& out) const;

    /// The same fields in the same order; names may differ in case.
    friend bool operator==(const fields& one, const fields& other) noexcept;

 private:
    friend class detail::field_sink;

    struct place {
        std::uint32_t name_at;
        std::uint32_t name_size;
        std::uint32_t value_at;
        std::uint32_t value_size;
    };

    std::string text_;
    std::vector<place> places_;
};

/// Goes over fields by value.
class fields::iterator {
 public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = field;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = field;

    iterator() noexcept = default;
    iterator(const fields& of, std::size_t index) noexcept : of_(&of), index_(index) {}

    field operator*() const noexcept { return (*of_)[index_]; }
    iterator& operator++() noexcept {
        ++index_;
        return *this;
    }
    iterator operator++(int) noexcept {
        const iterator before = *this;
        ++index_;
        return before;
    }
    friend bool operator==(const iterator&, const iterator&) noexcept = default;

 private:
    const fields* of_ = nullptr;
    std::size_t index_ = 0;
};

inline fields::iterator fields::begin() const noexcept {
    return {*this, 0};
}
inline fields::iterator fields::end() const noexcept {
    return {*this, size()};
}
inline field fields::operator[](std::size_t index) const noexcept {
    const place& at = places_[index];
    return {std::string_view(text_.data() + at.name_at, at.name_size),
            std::string_view(text_.data() + at.value_at, at.value_size)};
}

}  // namespace zocalo::http
