// SPDX-License-Identifier: MIT
#include "fetch/option_file.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>

#include "file.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

constexpr std::string_view blanks = " \t\r";
constexpr unsigned deepest = 10;  // files in files

std::string_view without_blanks_before(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text;
}

char unescaped(char after_backslash) noexcept {
    switch (after_backslash) {
        case 't':
            return '\t';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 'v':
            return '\v';
        default:
            return after_backslash;
    }
}

/// What stands between quotes; `text` begins with the first, and is what follows the second then.
std::string take_quoted(std::string_view& text) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        const bool is_escape = text[i] == '\\' && i + 1 < text.size();
        value += is_escape ? unescaped(text[++i]) : text[i];
    }
    throw std::invalid_argument("a quote without an end");
}

std::string take_word(std::string_view& text) {
    std::string word(text.substr(0, text.find_first_of(blanks)));
    text.remove_prefix(word.size());
    return word;
}

/// Nothing for a comment and an empty line.
std::optional<option_line> read_line(std::string_view text) {
    text = without_blanks_before(text);
    if (text.empty() || std::string_view("#/*").find(text.front()) != std::string_view::npos)
        return std::nullopt;
    const bool has_dash = text.front() == '-';
    const std::string_view ends = has_dash ? " \t\r" : " \t\r=:";
    const std::string_view name = text.substr(0, text.find_first_of(ends));
    if (name.empty()) throw std::invalid_argument("no name of an option");
    option_line line{.name = (has_dash ? "" : "--") + std::string(name)};
    text.remove_prefix(std::min(text.find_first_not_of(ends, name.size()), text.size()));
    if (text.empty()) return line;
    line.value = text.front() == '"' ? take_quoted(text) : take_word(text);
    text = without_blanks_before(text);
    if (!text.empty() && text.front() != '#')
        throw std::invalid_argument("what follows the value: one with blanks stands between \"\"");
    return line;
}

[[noreturn]] void fail_at(std::string_view shown, std::size_t number, std::string_view why) {
    throw std::invalid_argument(escaped(shown) + ':' + std::to_string(number) + ": " +
                                std::string(why));
}

/// What a value is added to, as if it had been given there.
class option_taker {
 public:
    explicit option_taker(CLI::App& command) : command_(command) {}

    void read(const std::string& path);

 private:
    void take(const option_line& line);
    void take_letters(const option_line& line);
    void add(CLI::Option& option, const std::string& name, const std::optional<std::string>& value);
    CLI::Option& find(const std::string& name);

    CLI::App& command_;
    unsigned depth_ = 0;
};

CLI::Option& option_taker::find(const std::string& name) {
    CLI::Option* const found = command_.get_option_no_throw(name);
    if (found == nullptr) throw std::invalid_argument("no such option: " + quoted(name));
    return *found;
}

void option_taker::add(CLI::Option& option, const std::string& name,
                       const std::optional<std::string>& value) {
    if (option.get_items_expected_max() == 0) {
        if (value) throw std::invalid_argument(name + " takes no value");
        option.add_result(option.get_flag_value(name.substr(name.find_first_not_of('-')), ""));
        return;
    }
    if (!value && option.get_items_expected_min() > 0)
        throw std::invalid_argument(name + " needs a value");
    option.add_result(value.value_or(""));
    // What is wrong with it is told with its line.
    if (option.get_items_expected_max() == 1) option.run_callback();
}

/// `-sSL`, `-ofile`
void option_taker::take_letters(const option_line& line) {
    for (std::size_t i = 1; i < line.name.size(); ++i) {
        const std::string name{'-', line.name[i]};
        CLI::Option& option = find(name);
        const bool is_last = i + 1 == line.name.size();
        if (option.get_items_expected_max() == 0) {
            add(option, name, is_last ? line.value : std::nullopt);
            continue;
        }
        if (!is_last && line.value) throw std::invalid_argument(name + " has two values");
        add(option, name, is_last ? line.value : line.name.substr(i + 1));
        return;
    }
}

void option_taker::take(const option_line& line) {
    if (line.name == "--config" || line.name == "-K") {
        read(line.value.value_or(""));
    } else if (line.name.starts_with("--")) {
        add(find(line.name), line.name, line.value);
    } else {
        take_letters(line);
    }
}

void option_taker::read(const std::string& path) {
    if (depth_ == deepest) throw std::invalid_argument("files of options in files: too deep");
    ++depth_;
    const auto each = [this](const option_line& line) { take(line); };
    if (path == "-") {
        read_option_lines(std::cin, "standard input", each);
    } else {
        auto file = open_file(path);
        read_option_lines(file, path, each);
    }
    --depth_;
}

}  // namespace

void read_option_lines(std::istream& from, std::string_view shown,
                       const std::function<void(const option_line& line)>& take) {
    std::string text;
    for (std::size_t number = 1; std::getline(from, text); ++number) {
        if (number > most_option_lines) fail_at(shown, number, "more lines than are read");
        if (text.size() > longest_option_line) fail_at(shown, number, "a line without an end");
        try {
            const auto line = read_line(text);
            if (line) take(*line);
        } catch (const std::invalid_argument& error) {
            fail_at(shown, number, error.what());
        } catch (const CLI::Error& error) {
            fail_at(shown, number, error.what());
        }
    }
}

void add_option_file(CLI::App& command) {
    for (CLI::Option* each : command.get_options()) {
        if (each->get_items_expected_max() == 1) each->take_last();
    }
    const auto taker = std::make_shared<option_taker>(command);
    const auto read = [taker](const std::string& path) {
        try {
            taker->read(path);
        } catch (const std::invalid_argument& error) {
            throw CLI::ValidationError("-K: " + std::string(error.what()));
        }
    };
    command
        .add_option_function<std::string>(
            "-K,--config", read,
            "Options from this file, - is standard input; one in each "
            "line: max-time = 5. It keeps secrets off the command "
            "line")
        ->trigger_on_parse()
        ->type_name("FILE")
        ->group("Request");
    const auto nothing = [](std::int64_t) {};
    command
        .add_flag_function("-q,--disable", nothing,
                           "No file of options is read unless -K names it: never is")
        ->group("Request");
}

}  // namespace zocalo::program
