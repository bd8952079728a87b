// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>

#include "environment.hpp"
#include "exit_code.hpp"
#include "manual/inventory.hpp"

namespace zocalo::program {

namespace {

/// Text as man(7) wants it: dashes that stay dashes, and no line that is taken for a request.
std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\'') {
            out += "\\(aq";
        } else {
            out += c;
        }
    }
    return out;
}

std::string tag_of(const option_entry& option) {
    std::string tag;
    for (const std::string& name : option.names) {
        if (!tag.empty()) tag += ", ";
        tag += fmt::format("\\fB{}\\fR", roff(name));
    }
    if (!option.value.empty()) tag += fmt::format(" \\fI{}\\fR", roff(option.value));
    return tag;
}

std::string synopsis(const command_entry& command) {
    std::string text = fmt::format(".SH SYNOPSIS\n\\fB{}\\fR", roff(command.full_name()));
    if (!command.options.empty()) text += " [\\fIOPTIONS\\fR]";
    for (const option_entry& positional : command.positionals) {
        const std::string name = fmt::format("\\fI{}\\fR", roff(positional.names.front()));
        text += positional.required ? " " + name : " [" + name + "]";
    }
    if (!command.commands.empty()) text += " \\fICOMMAND\\fR ...";
    return text + "\n";
}

std::string entries(const std::vector<option_entry>& list) {
    std::string text;
    // One group after the other, in the order in which the first of each was declared.
    std::vector<std::string> groups;
    for (const option_entry& option : list) {
        if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) {
            groups.push_back(option.group);
        }
    }
    for (const std::string& wanted : groups) {
        if (groups.size() > 1) text += fmt::format(".SS {}\n", roff(wanted));
        for (const option_entry& option : list) {
            if (option.group != wanted) continue;
            text += fmt::format(".TP\n{}\n{}.\n", tag_of(option), roff(option.description));
        }
    }
    return text;
}

std::string command_list(const command_entry& command) {
    std::string text = ".SH COMMANDS\n";
    for (const command_entry& inner : command.commands) {
        text += fmt::format(".TP\n\\fB{}\\fR(1)\n{}.\n", roff(inner.full_name('-')),
                            roff(inner.summary));
    }
    return text;
}

std::string examples(const command_entry& command) {
    std::string text = ".SH EXAMPLES\n";
    for (const auto& [line, meaning] : command.examples) {
        text += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", roff(line), roff(meaning));
    }
    return text;
}

std::string exit_status() {
    std::string text = ".SH EXIT STATUS\n";
    for (const auto& [code, meaning] : exit_meanings) {
        text += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", static_cast<int>(code), roff(meaning));
    }
    return text;
}

/// What a subcommand of the program reads stands before what all of them do.
std::string environment(const command_entry& command) {
    std::vector<environment_variable> variables;
    if (command.path.size() == 2) variables = variables_of(command.name());
    const std::vector<environment_variable> shared = shared_variables();
    variables.insert(variables.end(), shared.begin(), shared.end());
    std::string text = ".SH ENVIRONMENT\n";
    for (const auto& [names, meaning] : variables) {
        text += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", roff(names), roff(meaning));
    }
    return text;
}

}  // namespace

std::string man_page(const command_entry& command) {
    std::string title = command.full_name('-');
    for (char& c : title)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    std::string page =
        fmt::format(".TH {} 1 \"\" \"zocalo {}\" \"User Commands\"\n", roff(title), ZOCALO_VERSION);
    page +=
        fmt::format(".SH NAME\n{} \\- {}\n", roff(command.full_name('-')), roff(command.summary));
    page += synopsis(command);
    if (!command.commands.empty()) page += command_list(command);
    if (!command.positionals.empty()) page += ".SH ARGUMENTS\n" + entries(command.positionals);
    if (!command.options.empty()) page += ".SH OPTIONS\n" + entries(command.options);
    if (!command.examples.empty()) page += examples(command);
    page += exit_status();
    page += environment(command);
    if (command.path.size() > 1) {
        page += fmt::format(".SH SEE ALSO\n\\fB{}\\fR(1)\n", roff(command.path.front()));
    }
    return page;
}

}  // namespace zocalo::program
