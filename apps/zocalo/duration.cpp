// SPDX-License-Identifier: MIT
#include "duration.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

struct unit {
    std::string_view name;
    double seconds;
};

constexpr unit units[] = {{"", 1}, {"s", 1}, {"ms", 0.001}, {"m", 60}, {"h", 3600}};

}  // namespace

timeout parse_duration(std::string_view text) {
    double number = 0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const std::string_view name = text.substr(static_cast<std::size_t>(rest - text.data()));
    for (const unit& known : units) {
        if (error != std::errc{} || !(number >= 0) || std::isinf(number) || name != known.name)
            continue;
        return std::chrono::duration<double>(number * known.seconds);
    }
    throw std::invalid_argument("not a duration like 5, 0.5, 200ms, 2m or 1h: " + quoted(text));
}

namespace {

/// Of names such as `-w,--wait` the last one is told.
timeout parse_option(const std::string& names, const std::string& text) {
    try {
        return parse_duration(text);
    } catch (const std::invalid_argument& error) {
        const std::size_t comma = names.rfind(',');
        const std::string last = comma == std::string::npos ? names : names.substr(comma + 1);
        throw CLI::ValidationError(last, error.what());
    }
}

}  // namespace

CLI::Option* add_duration(CLI::App& command, const std::string& names, timeout& into,
                          const std::string& description) {
    const auto read = [&into, names](const std::string& text) { into = parse_option(names, text); };
    return command.add_option_function<std::string>(names, read, description)->type_name("TIME");
}

CLI::Option* add_limit(CLI::App& command, const std::string& names, timeout& into,
                       const std::string& description) {
    const auto read = [&into, names](const std::string& text) {
        into = parse_option(names, text);
        if (into.value() == std::chrono::nanoseconds::zero()) into = timeout::none();
    };
    return command.add_option_function<std::string>(names, read, description)->type_name("TIME");
}

CLI::Option* add_duration(CLI::App& command, const std::string& names,
                          std::chrono::milliseconds& into, const std::string& description) {
    const auto read = [&into, names](const std::string& text) {
        const timeout span = parse_option(names, text);
        into = std::chrono::ceil<std::chrono::milliseconds>(span.value().value());
    };
    return command.add_option_function<std::string>(names, read, description)->type_name("TIME");
}

}  // namespace zocalo::program
