// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <optional>

#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/layers.hpp"
#include "zocalo/net/packet/view.hpp"

/// What holds for every header of a frame.
namespace packet = zocalo::net::packet;

/// The view, when there is one. Both ways of making it agree, and what is whole is no worse cut.
template <class View>
std::optional<View> parsed(zocalo::const_buffer data) {
    const auto view = View::try_parse(data);
    if (view) require(View::try_parse_cut(data).has_value());
    try {
        (void)View::parse(data);
        require(view.has_value());
    } catch (const zocalo::protocol_error&) {
        require(!view);
    }
    return view;
}

/// Reading what was built from a header and its payload gives both again.
template <class View>
View comes_back(const View& view, const packet::bytes& built) {
    const View again = View::parse(built);
    require(again.header() == view.header());
    require(std::ranges::equal(again.payload(), view.payload()));
    return again;
}

/// What people are shown is one line that is safe to print.
inline void is_shown(zocalo::const_buffer frame, packet::link_type first) {
    const auto safe = [](unsigned char c) { return c >= 0x20 && c != 0x7F; };
    require(std::ranges::all_of(packet::describe(frame, first), safe));
    require(!packet::describe_layers(frame, first).empty() || frame.empty());
}
