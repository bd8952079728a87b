// SPDX-License-Identifier: MIT
#include "tour/painter.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <iostream>

#include "relay/filters.hpp"
#include "sys/file.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t name_width = 18;

/// The numbers of SGR (ECMA-48 §8.3.117).
std::string_view code_of(painter::tone tone) {
    switch (tone) {
        case painter::tone::plain:
            return "";
        case painter::tone::faint:
            return "2";
        case painter::tone::strong:
            return "1";
        case painter::tone::good:
            return "32";
        case painter::tone::bad:
            return "1;31";
        case painter::tone::first:
            return "36";
        case painter::tone::second:
            return "33";
        case painter::tone::third:
            return "35";
    }
    return "";
}

bool wants_colour() {
    const char* no = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    const bool is_dumb = term == nullptr || std::string_view(term) == "dumb";
    return (no == nullptr || *no == '\0') && !is_dumb;
}

}  // namespace

painter::painter() : terminal_(sys::isatty(1) == 1), colour_(terminal_ && wants_colour()) {}

std::string painter::in(tone how, std::string_view text) const {
    const std::string_view code = code_of(how);
    if (!colour_ || code.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void painter::title(std::string_view text, std::string_view under) const {
    std::cout << '\n' << in(tone::strong, text) << '\n' << in(tone::faint, under) << '\n';
}

void painter::chapter(std::size_t number, std::string_view heading, std::string_view story) const {
    std::cout << '\n' << in(tone::strong, fmt::format("{}  {}", number, heading)) << '\n';
    std::cout << "   " << story << "\n\n";
}

void painter::command(std::string_view text) const {
    std::cout << "   " << in(tone::faint, "$") << ' ' << in(tone::strong, text) << std::endl;
}

void painter::said(std::string_view who, std::string_view line, tone how) const {
    // Our programs escape what strangers say; this holds for all others, and does not do it twice.
    std::string safe(line.substr(0, 500));
    terminal_filter{}(safe, true);
    const std::string name = fmt::format("{:>{}}", who, name_width);
    std::cout << "   " << in(how, name) << in(tone::faint, " │ ") << safe << std::endl;
}

void painter::note(std::string_view text) const {
    std::cout << "   " << in(tone::faint, fmt::format("({})", text)) << std::endl;
}

void painter::outcome(bool good, std::string_view text) const {
    std::cout << "   " << (good ? in(tone::good, "✓") : in(tone::bad, "✗")) << ' ' << text
              << std::endl;
}

void painter::skipped(std::string_view why) const {
    std::cout << "   " << in(tone::second, "–") << " not shown here: " << why << std::endl;
}

}  // namespace zocalo::program
