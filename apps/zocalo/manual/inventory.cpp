// SPDX-License-Identifier: MIT
#include "manual/inventory.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

namespace zocalo::program {

namespace {

option_entry entry_of(const CLI::Option& option) {
    option_entry entry;
    for (const std::string& name : option.get_snames())
        entry.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        entry.names.push_back("--" + name);
    if (entry.names.empty()) entry.names.push_back(option.get_name(true));
    if (option.get_items_expected_max() > 0) entry.value = option.get_type_name();
    entry.description = option.get_description();
    entry.group = option.get_group();
    entry.required = option.get_required();
    return entry;
}

/// The footer of a command is what new_command() has made of its examples: a line with the command
/// line and a deeper one with its meaning. Behind an empty line there may be something else.
std::vector<example_entry> examples_in(const std::string& footer) {
    std::vector<example_entry> examples;
    std::istringstream lines(footer);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) break;
        const auto indent = line.find_first_not_of(' ');
        if (indent == 2) examples.push_back({line.substr(indent), ""});
        if (indent == 6 && !examples.empty()) examples.back().meaning = line.substr(indent);
    }
    return examples;
}

command_entry entry_of(CLI::App& command, std::vector<std::string> path) {
    command_entry entry;
    path.push_back(command.get_name());
    entry.path = std::move(path);
    entry.summary = command.get_description();
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_group().empty()) continue;  // hidden
        auto& list = option->get_positional() ? entry.positionals : entry.options;
        list.push_back(entry_of(*option));
    }
    if (command.get_parent() != nullptr) entry.examples = examples_in(command.get_footer());
    for (CLI::App* inner : command.get_subcommands([](CLI::App*) { return true; })) {
        if (!inner->get_group().empty()) entry.commands.push_back(entry_of(*inner, entry.path));
    }
    return entry;
}

}  // namespace

std::string command_entry::full_name(char between) const {
    std::string text;
    for (const std::string& part : path) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

command_entry inventory_of(CLI::App& program) {
    return entry_of(program, {});
}

std::vector<const command_entry*> flattened(const command_entry& command) {
    std::vector<const command_entry*> all{&command};
    for (const command_entry& inner : command.commands) {
        const auto below = flattened(inner);
        all.insert(all.end(), below.begin(), below.end());
    }
    return all;
}

}  // namespace zocalo::program
