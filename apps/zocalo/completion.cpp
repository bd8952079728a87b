// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "file.hpp"
#include "manual/inventory.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file = create_file(path.string());
    file << text;
    flush(file, quoted(path.string()));
}

void print_page(const command_entry& program, const std::vector<std::string>& path) {
    const command_entry* command = &program;
    for (const std::string& name : path) {
        const auto found = std::ranges::find_if(
            command->commands, [&](const command_entry& inner) { return inner.name() == name; });
        if (found == command->commands.end()) {
            throw std::invalid_argument("no such subcommand: " + quoted(name));
        }
        command = &*found;
    }
    std::cout << man_page(*command);
}

void write_pages(const command_entry& program, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const command_entry* command : flattened(program))
        write_file(folder / (command->full_name('-') + ".1"), man_page(*command));
}

/// For the build; the pages are read with man(1).
void add_man(CLI::App& program) {
    CLI::App* command = program.add_subcommand("man", "Print a manual page, or write them all");
    command->group("");  // hidden
    const auto path = std::make_shared<std::vector<std::string>>();
    const auto folder = std::make_shared<std::string>();
    command->add_option("command", *path, "Of which subcommand");
    command->add_option("--all", *folder, "Write all pages into this folder");
    command->callback([&program, path, folder] {
        const command_entry inventory = inventory_of(program);
        if (folder->empty()) {
            print_page(inventory, *path);
        } else {
            write_pages(inventory, *folder);
        }
    });
}

}  // namespace

void add_completion(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "completion", "Print what makes a shell complete this program's words",
        {{"completion bash > ~/.local/share/bash-completion/completions/zocalo", "for bash"},
         {"completion zsh > ~/.zfunc/_zocalo", "for zsh, with ~/.zfunc in its fpath"}});
    const auto shell = std::make_shared<std::string>();
    command.add_option("shell", *shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    command.callback([&program, shell] {
        const command_entry inventory = inventory_of(program);
        std::cout << (*shell == "bash" ? bash_completion(inventory) : zsh_completion(inventory));
    });
    add_man(program);
}

}  // namespace zocalo::program
