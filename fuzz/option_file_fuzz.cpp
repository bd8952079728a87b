// SPDX-License-Identifier: MIT
// Files of options (zocalo get -K): only the declared error, with the line; what was read is read
// again the same when it is written with quotes; linear time.
#include "fetch/option_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "linear.hpp"
#include "require.hpp"

namespace {

namespace program = zocalo::program;
using lines = std::vector<std::pair<std::string, std::optional<std::string>>>;

lines read(const std::string& text) {
    std::istringstream from(text);
    lines all;
    program::read_option_lines(from, "file", [&all](const program::option_line& line) {
        all.emplace_back(line.name, line.value);
    });
    return all;
}

std::string written(const lines& all) {
    std::string text;
    for (const auto& [name, value] : all) {
        text += name;
        if (value) {
            text += " \"";
            for (const char c : *value) {
                if (c == '"' || c == '\\' || c == '\n') text += '\\';
                text += c == '\n' ? 'n' : c;
            }
            text += '"';
        }
        text += '\n';
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    linear::require_linear(text, [](const std::string& all) {
        try {
            (void)read(all);
        } catch (const std::invalid_argument&) {
            return;
        }
    });
    lines all;
    try {
        all = read(text);
    } catch (const std::invalid_argument& error) {
        require(std::string_view(error.what()).starts_with("file:"));
        return 0;
    }
    require(all.size() <= static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
    for (const auto& [name, value] : all)
        require(name.starts_with('-'));
    require(read(written(all)) == all);
    return 0;
}
