// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace zocalo::program {

struct option_entry {
    std::vector<std::string> names;  ///< with their dashes; of a positional, its one name
    std::string value;               ///< what it takes (`FILE`), or nothing for a flag
    std::string description;
    std::string group;
    bool required = false;
};

struct example_entry {
    std::string command;
    std::string meaning;
};

/// A subcommand as its user sees it.
struct command_entry {
    std::vector<std::string> path;  ///< `zocalo`, `frame`, `send`
    std::string summary;
    std::vector<option_entry> positionals;
    std::vector<option_entry> options;
    std::vector<example_entry> examples;
    std::vector<command_entry> commands;

    [[nodiscard]] const std::string& name() const { return path.back(); }
    /// `zocalo frame send`, or with another separator.
    [[nodiscard]] std::string full_name(char between = ' ') const;
};

/// Everything that the program offers, read off its own options: the one source of the man pages
/// and the completions. What is hidden from --help is hidden here.
[[nodiscard]] command_entry inventory_of(CLI::App& program);

/// `command`, all that it contains, and all that those contain.
[[nodiscard]] std::vector<const command_entry*> flattened(const command_entry& command);

[[nodiscard]] std::string man_page(const command_entry& command);
[[nodiscard]] std::string bash_completion(const command_entry& program);
[[nodiscard]] std::string zsh_completion(const command_entry& program);

}  // namespace zocalo::program
