// SPDX-License-Identifier: MIT
#include "fetch/scheme_set.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::program {

namespace {

constexpr std::array<std::string_view, 6> known{"http",    "https", "gopher",
                                                "gophers", "file",  "data"};

/// The bits of a name: one, all or none.
std::bitset<known.size()> bits_of(std::string_view name) noexcept {
    std::bitset<known.size()> bits;
    for (std::size_t i = 0; i < known.size(); ++i)
        bits[i] = http::same_name(name, known[i]) || http::same_name(name, "all");
    return bits;
}

bool is_scheme(std::string_view name) noexcept {
    const auto fits = [](char each) {
        const char low = static_cast<char>(each | 0x20);
        return (low >= 'a' && low <= 'z') || (each >= '0' && each <= '9');
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

}  // namespace

scheme_set scheme_set::all() noexcept {
    scheme_set made;
    made.allowed_.set();
    return made;
}

scheme_set scheme_set::web() noexcept {
    scheme_set made;
    made.allowed_ = bits_of("http") | bits_of("https");
    return made;
}

void scheme_set::change(std::string_view list) {
    const std::string_view whole = list;
    for (bool is_more = true; is_more;) {
        std::string_view name = list.substr(0, list.find(','));
        is_more = name.size() < list.size();
        list.remove_prefix(std::min(name.size() + 1, list.size()));
        const char how = name.empty() || is_scheme(name.substr(0, 1)) ? '+' : name.front();
        if (!name.empty() && name.front() == how) name.remove_prefix(1);
        if (!is_scheme(name) || std::string_view("+-=").find(how) == std::string_view::npos)
            throw std::invalid_argument("no list of schemes like =https or -all,http: " +
                                        quoted(whole));
        if (how == '=') allowed_.reset();
        if (how == '-') {
            allowed_ &= ~bits_of(name);
        } else {
            allowed_ |= bits_of(name);
        }
    }
    if (allowed_.none())
        throw std::invalid_argument("leaves no scheme that we speak: " + quoted(whole));
}

bool scheme_set::contains(std::string_view scheme) const noexcept {
    return (allowed_ & bits_of(scheme)).any();
}

}  // namespace zocalo::program
