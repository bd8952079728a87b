// SPDX-License-Identifier: MIT
#include "url/zoned_address.hpp"

#include "url/escape_sequence.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::url {

namespace {

/// More than the grammar has: what names of interfaces are made of.
constexpr byte_set zone_bytes = unreserved | byte_set("@:");

}  // namespace

std::optional<zoned_address> try_parse_zoned(std::string_view text) {
    const auto percent = text.find('%');
    const auto ip = net::address::try_parse(text.substr(0, percent));
    if (!ip || !ip->is_v6()) return std::nullopt;
    if (percent == std::string_view::npos) return zoned_address{*ip};
    const std::string_view behind = text.substr(percent);
    if (!behind.starts_with("%25") || !ip->is_link_local()) return std::nullopt;
    auto zone = try_unquote(behind.substr(3));
    if (!zone || zone->empty() || !zone_bytes.has_all(*zone)) return std::nullopt;
    return zoned_address{*ip, *std::move(zone)};
}

}  // namespace zocalo::url
