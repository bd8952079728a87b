// SPDX-License-Identifier: MIT
#include "zocalo/http/fields.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/lists.hpp"
#include "http/scan.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

void check(std::string_view name, std::string_view value) {
    if (!detail::is_name_text(name))
        throw std::invalid_argument("no name of a field: " + quoted(name));
    if (!detail::is_value_text(value)) {
        throw std::invalid_argument("field " + std::string(name) +
                                    ": a control character in the value " + quoted(value));
    }
}

}  // namespace

fields::fields(std::initializer_list<field> all) {
    places_.reserve(all.size());
    for (const field& each : all)
        add(each.name, each.value);
}

fields& fields::add(std::string_view name, std::string_view value) {
    value = trimmed(value);
    check(name, value);
    const std::size_t needed = text_.size() + name.size() + value.size();
    const auto end = checked_cast<std::uint32_t>(needed, "fields");
    const auto value_size = static_cast<std::uint32_t>(value.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    const place made{end - value_size - name_size, name_size, end - value_size, value_size};
    // They may be views of what is in here, so it must not move before they are copied.
    if (needed <= text_.capacity()) {
        text_.append(name).append(value);
    } else {
        std::string larger;
        larger.reserve(std::max(needed, 2 * text_.capacity()));
        larger.append(text_).append(name).append(value);
        text_.swap(larger);
    }
    places_.push_back(made);
    return *this;
}

fields& fields::set(std::string_view name, std::string_view value) {
    const std::size_t others = size();
    add(name, value);  // first, because they may be views of what is forgotten then
    const std::string_view which = (*this)[others].name;
    const auto is_old = [&](const place& at) {
        return same_name(std::string_view(text_).substr(at.name_at, at.name_size), which);
    };
    const auto end = places_.begin() + static_cast<std::ptrdiff_t>(others);
    places_.erase(std::remove_if(places_.begin(), end, is_old), end);
    return *this;
}

std::size_t fields::remove(std::string_view name) {
    const std::string which(name);  // may be a view of a name in here
    return std::erase_if(places_, [&](const place& at) {
        return same_name(std::string_view(text_).substr(at.name_at, at.name_size), which);
    });
}

void fields::clear() noexcept {
    text_.clear();
    places_.clear();
}

std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
    for (const field each : *this) {
        if (same_name(each.name, name)) return each.value;
    }
    return std::nullopt;
}

std::string_view fields::get(std::string_view name) const noexcept {
    return find(name).value_or(std::string_view());
}

bool fields::contains(std::string_view name) const noexcept {
    return find(name).has_value();
}

std::size_t fields::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        begin(), end(), [&](const field& each) { return same_name(each.name, name); }));
}

std::string fields::joined(std::string_view name) const {
    std::string all;
    bool first = true;
    for (const field each : *this) {
        if (!same_name(each.name, name)) continue;
        if (!first) all += ", ";
        all += each.value;
        first = false;
    }
    return all;
}

bool fields::lists(std::string_view name, std::string_view token) const noexcept {
    for (const field each : *this) {
        if (same_name(each.name, name) && detail::has_member(each.value, token)) return true;
    }
    return false;
}

void fields::append_to(std::string& out) const {
    const std::size_t had = out.size();
    std::size_t size = 0;
    for (const place& at : places_)
        size += at.name_size + std::size_t{at.value_size} + 4;
    out.resize(had + size);
    char* to = out.data() + had;
    const auto put = [&to](std::string_view text) {
        std::memcpy(to, text.data(), text.size());
        to += text.size();
    };
    for (const field each : *this) {
        put(each.name);
        put(": ");
        put(each.value);
        put("\r\n");
    }
}

bool operator==(const fields& one, const fields& other) noexcept {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const field& a, const field& b) {
                          return same_name(a.name, b.name) && a.value == b.value;
                      });
}

}  // namespace zocalo::http
