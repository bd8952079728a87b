// SPDX-License-Identifier: MIT
#include "command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "core_files.hpp"
#include "environment.hpp"
#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

std::string examples_text(std::initializer_list<example> examples) {
    std::string text;
    if (examples.size() != 0) text = "Examples:\n";
    for (const auto& [command, meaning] : examples) {
        text += fmt::format("  zocalo {}\n      {}\n", command, meaning);
    }
    return text;
}

std::string exit_codes_text() {
    std::string text = "Exit codes:\n";
    for (const auto& [code, meaning] : exit_meanings) {
        text += fmt::format("  {:>3}  {}\n", static_cast<int>(code), meaning);
    }
    return text;
}

std::string environment_text(const std::vector<environment_variable>& variables) {
    std::string text = variables.empty() ? "" : "\nEnvironment:\n";
    for (const auto& [names, meaning] : variables) {
        text += fmt::format("  {}\n      {}\n", names, meaning);
    }
    return text;
}

/// CLI11's help without its lists of what excludes what (an error says that to whoever tries), and
/// without the double empty lines.
class help_formatter : public CLI::Formatter {
 public:
    std::string make_option_opts(const CLI::Option* option) const override {
        std::string text = Formatter::make_option_opts(option);
        text.erase(std::min(text.find(" Excludes:"), text.size()));
        return text;
    }

    std::string make_help(const CLI::App* app, std::string name,
                          CLI::AppFormatMode mode) const override {
        std::string text = Formatter::make_help(app, std::move(name), mode);
        for (auto at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at))
            text.erase(at, 1);
        while (text.ends_with("\n\n"))
            text.pop_back();
        return text;
    }
};

/// One line, whatever the message is made of.
exit_code fail(exit_code code, std::string_view message) {
    std::cout.flush();
    std::cerr << fmt::format("zocalo: {}\n", message);  // whole: others may write there, too
    return code;
}

/// The help and version texts come out of CLI11 as errors with the code 0.
exit_code end_of_parsing(const CLI::App& program, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
        std::ostringstream text;  // CLI11 flushes, and drops the reason when that fails
        program.exit(error, text, text);
        std::cout << text.str();
        return exit_code::ok;
    }
    std::string of;
    const CLI::App* last = &program;  // "frame send" is a subcommand of a subcommand
    for (auto chosen = last->get_subcommands(); !chosen.empty(); chosen = last->get_subcommands()) {
        last = chosen.front();
        of += ' ' + last->get_name();
    }
    if (const auto rest = program.remaining(); last == &program && !rest.empty()) {
        return fail(exit_code::usage,
                    "no such subcommand: " + quoted(rest.front()) + "\nTry: zocalo --help");
    }
    return fail(exit_code::usage, escaped(error.what(), 1000) + "\nTry: zocalo" + of + " --help");
}

}  // namespace

CLI::App& new_command(CLI::App& program, context& shared, const std::string& name,
                      const std::string& summary, std::initializer_list<example> examples) {
    CLI::App* command = program.add_subcommand(name, summary);
    std::string footer = examples_text(examples);
    if (program.get_parent() == nullptr) footer += environment_text(variables_of(name));
    command->footer(footer);
    command
        ->add_flag(
            "-v,--verbose",
            [&shared](std::int64_t times) { shared.verbosity += static_cast<int>(times); },
            "Say on stderr what happens; twice says more")
        ->group("Output");
    return *command;
}

void add_json_option(CLI::App& command, context& shared) {
    command.add_flag("--json", shared.json, "Print JSON, for programs")->group("Output");
}

void say(const context& shared, int level, std::string_view line) {
    if (shared.verbosity >= level) std::cerr << fmt::format("zocalo: {}\n", line);
}

namespace {

using word_list = std::vector<std::string>;

/// curl's --next: what is behind it is a command line of its own, for the same subcommand.
std::vector<word_list> split_at_next(const word_list& words) {
    std::vector<word_list> all(1);
    const bool is_get = words.size() > 1 && words[1] == "get";
    for (const std::string& each : words) {
        if (is_get && (each == "--next" || each == "-:")) {
            if (all.back().size() <= 2)
                throw std::invalid_argument("there is no URL before --next");
            all.push_back({words[0], words[1]});
        } else {
            all.back().push_back(each);
        }
    }
    return all;
}

exit_code run(word_list words) {
    context shared;
    CLI::App program{"Sockets, names and frames: every exchange of two programs over a network.",
                     "zocalo"};
    program.set_version_flag("--version", "zocalo " ZOCALO_VERSION, "Print the version");
    program.require_subcommand(1);
    program.formatter(std::make_shared<help_formatter>());  // which subcommands inherit
    program.footer(exit_codes_text() + environment_text(shared_variables()));
    add_commands(program, shared);
    try {
        if (!words.empty()) words.erase(words.begin());  // our name
        std::ranges::reverse(words);                     // so CLI11 wants it
        program.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        shared.status = end_of_parsing(program, error);
    }
    return shared.status;
}

}  // namespace

exit_code run(int argc, char** argv) {
    hold_standard_descriptors();
    try {
        const std::span<char* const> given(argv, static_cast<std::size_t>(argc));
        forbid_core_files(given);
        const word_list words = take_arguments(given);
        exit_code status = exit_code::ok;
        for (const word_list& each : split_at_next(words)) {
            status = run(each);
            if (status == exit_code::usage || status == exit_code::interrupted) break;
        }
        flush_output();
        return status;
    } catch (const net::stopped&) {
        return exit_code::interrupted;  // whoever pressed Ctrl-C knows why this ends
    } catch (const std::exception& error) {
        return fail(exit_code_of(error), error.what());
    }
}

}  // namespace zocalo::program
