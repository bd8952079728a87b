// SPDX-License-Identifier: MIT
#include <algorithm>

#include "zocalo/gopher/client.hpp"

namespace zocalo::gopher {

namespace {

/// `+NAME: value`
attribute begin_block(std::string_view line) {
    attribute block;
    const auto colon = line.find(':');
    block.name = line.substr(1, colon == std::string_view::npos ? colon : colon - 1);
    if (colon == std::string_view::npos) return block;
    line.remove_prefix(colon + 1);
    block.value = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    return block;
}

}  // namespace

std::vector<attribute> parse_attributes(std::string_view text) {
    std::vector<attribute> blocks;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with('+')) {
            blocks.push_back(begin_block(line));
        } else if (!blocks.empty()) {
            blocks.back().lines.emplace_back(line.substr(line.starts_with(' ') ? 1 : 0));
        }
    }
    return blocks;
}

}  // namespace zocalo::gopher
