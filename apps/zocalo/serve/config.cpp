// SPDX-License-Identifier: MIT
// A file is checked by the options that it sets, so that both know the same names and values.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "command.hpp"
#include "file.hpp"
#include "serve/hosting_config.hpp"
#include "serve/request.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

/// How many letters differ: insertions, deletions and changes.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// The names that a file may use.
std::vector<std::string> known_names(CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* each : command.get_options()) {
        if (each->get_lnames().empty()) continue;
        const std::string& name = each->get_lnames().front();
        if (name != "help" && name != "config" && name != "verbose") names.push_back(name);
    }
    return names;
}

/// A value as a command line has it.
std::string text_of(const toml::node& value, const std::string& name, const std::string& path) {
    if (const auto* text = value.as_string()) return text->get();
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (value.is_floating_point()) refuse_config(path, value.source(), name + " is a whole number");
    if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
    refuse_config(path, value.source(), name + " is neither text, number, true nor false");
}

std::vector<std::string> texts_of(const toml::node& value, const std::string& name,
                                  const std::string& path) {
    if (!value.is_array()) return {text_of(value, name, path)};
    std::vector<std::string> all;
    for (const toml::node& each : *value.as_array())
        all.push_back(text_of(each, name, path));
    return all;
}

/// The command line goes first.
void set(CLI::Option& option, const toml::node& value, const std::string& path,
         said_where& said_at) {
    const std::string& name = option.get_lnames().front();
    const auto texts = texts_of(value, name, path);
    if (option.count() != 0 || texts.empty()) return;
    const bool is_flag = option.get_expected_min() == 0;
    if (is_flag != value.is_boolean())
        refuse_config(path, value.source(), name + (is_flag ? " is true or false" : " is no flag"));
    try {
        option.add_result(texts);
        option.run_callback();
        said_at[name] = fmt::format("{}:{}: {}: ", escaped(path), value.source().begin.line, name);
    } catch (const CLI::Error& error) {
        refuse_config(path, value.source(), escaped(error.what(), 1000));
    }
}

}  // namespace

std::string suggestion(std::string_view key, const std::vector<std::string>& names) {
    const auto best = std::ranges::min_element(
        names, {}, [key](const std::string& name) { return distance(key, name); });
    if (best == names.end() || distance(key, *best) > 3) return {};
    return "; did you mean " + *best + "?";
}

said_where read_config(CLI::App& command, const std::string& path, hosting_request& into) {
    std::ifstream file = about_option("--config", [&path] { return open_file(path); });
    return read_config(command, path, file, into);
}

said_where read_config(CLI::App& command, const std::string& path, std::istream& from,
                       hosting_request& into) {
    said_where said_at;
    const std::vector<std::string> names = known_names(command);
    try {
        const toml::table all = toml::parse(from, path);
        for (const auto& [key, value] : all) {
            const std::string name(key.str());
            if (read_hosting(path, name, value, into)) continue;
            if (std::ranges::find(names, name) == names.end())
                refuse_config(path, key.source(),
                              "no option " + quoted(name) + suggestion(name, names));
            set(*command.get_option("--" + name), value, path, said_at);
        }
    } catch (const toml::parse_error& error) {
        refuse_config(path, error.source(), escaped(error.description(), 1000));
    }
    return said_at;
}

}  // namespace zocalo::program
