// SPDX-License-Identifier: MIT
// Each offer is held against each member of the list once: no more work than one times the other.
#include "zocalo/http/negotiate.hpp"

#include <vector>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/media_type.hpp"

namespace zocalo::http {

namespace {

/// Thousandths.
using quality = unsigned;

// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
std::optional<quality> read_quality(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    quality value = text[0] == '1' ? 1000 : 0;
    quality unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') return std::nullopt;
        value += static_cast<unsigned>(c - '0') * unit;
        unit /= 10;
    }
    if (value > 1000) return std::nullopt;
    return value;
}

struct wish {
    std::string what;  ///< in lower case
    http::parameters parameters;
    quality how_much = 1000;
};

/// One member, without the comma behind it.
std::optional<wish> read_wish(detail::value_scanner& from) {
    wish read;
    const auto is_wanted = [](char c) noexcept {
        return detail::is(detail::token_character, c) || c == '/';
    };
    read.what = lower(from.take_while(is_wanted));
    if (read.what.empty() || !from.parameters(read.parameters)) return std::nullopt;
    from.skip_space();
    if (!from.is_at_end() && !from.is_at(',')) return std::nullopt;
    if (const auto text = read.parameters.find("q")) {
        const auto how_much = read_quality(*text);
        if (!how_much) return std::nullopt;
        read.how_much = *how_much;
        read.parameters.remove("q");
    }
    return read;
}

std::vector<wish> read_wishes(std::string_view list) {
    std::vector<wish> all;
    for (detail::value_scanner from(list); !from.is_at_end();) {
        from.skip_space();
        const std::size_t begin = from.position();
        if (auto read = read_wish(from)) all.push_back(*std::move(read));
        from.go_back_to(begin);
        from.skip_member(',');
    }
    return all;
}

/// How exactly a range names that type; 0: not at all.
unsigned exactness(const wish& range, const media_type& type) {
    if (range.what == "*/*") return 1;
    if (range.what == std::string(type.type()) + "/*") return 2;
    if (range.what != type.essence()) return 0;
    for (const auto& [name, value] : range.parameters) {
        const auto has = type.parameters.find(name);
        if (!has || !same_name(*has, value)) return 0;
    }
    return 3 + static_cast<unsigned>(range.parameters.size());
}

quality quality_of(const media_type& type, const std::vector<wish>& wishes) {
    quality how_much = 0;
    unsigned how_exact = 0;
    for (const wish& each : wishes) {
        const unsigned here = exactness(each, type);
        if (here <= how_exact) continue;
        how_exact = here;
        how_much = each.how_much;
    }
    return how_much;
}

bool same_coding(std::string_view wanted, std::string_view offered) noexcept {
    if (wanted == "x-gzip") wanted = "gzip";
    return same_name(wanted, offered);
}

std::optional<quality> quality_of_coding(std::string_view offered,
                                         const std::vector<wish>& wishes) {
    std::optional<quality> by_star;
    for (const wish& each : wishes) {
        if (same_coding(each.what, offered)) return each.how_much;
        if (each.what == "*") by_star = each.how_much;
    }
    return by_star;
}

}  // namespace

std::optional<std::size_t> choose_media_type(std::string_view wanted,
                                             std::span<const std::string_view> offered) {
    const bool takes_all = trimmed(wanted).empty();
    const std::vector<wish> wishes = read_wishes(takes_all ? "*/*" : wanted);
    std::optional<std::size_t> chosen;
    quality best = 0;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const quality here = quality_of(media_type::parse(offered[i]), wishes);
        if (here <= best) continue;
        best = here;
        chosen = i;
    }
    return chosen;
}

std::optional<std::size_t> choose_coding(std::optional<std::string_view> wanted,
                                         std::span<const std::string_view> offered) {
    const std::vector<wish> wishes = read_wishes(wanted.value_or(""));
    std::optional<std::size_t> chosen;
    // As it is goes without saying, but what was named is preferred to that.
    quality best = 0;
    for (const wish& each : wishes) {
        if (each.what == "identity") best = each.how_much;
    }
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const quality here = quality_of_coding(offered[i], wishes).value_or(0);
        if (here == 0 || here < best || (chosen && here == best)) continue;
        best = here;
        chosen = i;
    }
    return chosen;
}

}  // namespace zocalo::http
