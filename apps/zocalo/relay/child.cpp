// SPDX-License-Identifier: MIT
#include "relay/child.hpp"

#include <stdexcept>
#include <system_error>

#include "sys/process.hpp"
#include "sys/spawn.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

/// What the kernel wants: pointers to characters, and a null pointer after the last. They point
/// into `texts`, which nobody changes.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str()));
    return pointers;
}

int start(const std::vector<std::string>& arguments, const standard_descriptors& descriptors,
          const std::vector<std::string>& settings) {
    auto argument_pointers = pointers_to(arguments);
    argument_pointers.push_back(nullptr);
    auto environment = pointers_to(settings);
    for (char** entry = sys::environment(); *entry != nullptr; ++entry)
        environment.push_back(*entry);
    environment.push_back(nullptr);
    return sys::spawn({arguments.front().c_str(), argument_pointers.data(), environment.data(),
                       descriptors.in, descriptors.out, descriptors.err});
}

/// Takes one word from the front of `text`, which does not begin with white space.
std::string take_word(std::string_view& text) {
    constexpr std::string_view space = " \t\r\n";
    std::string word;
    char quote = '\0';
    while (!text.empty() && (quote != '\0' || space.find(text[0]) == std::string_view::npos)) {
        const char c = text[0];
        const char next = text.size() > 1 ? text[1] : '\0';
        text.remove_prefix(1);
        const bool escapes = quote == '\0' || (quote == '"' && (next == '"' || next == '\\'));
        if (c == '\\' && escapes && !text.empty()) {
            word += next;
            text.remove_prefix(1);
        } else if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        } else {
            word += c;
        }
    }
    if (quote != '\0') throw std::invalid_argument("a quote is left open");
    return word;
}

}  // namespace

child::child(const std::vector<std::string>& arguments, const standard_descriptors& descriptors,
             const std::vector<std::string>& settings)
    : process_(start(arguments, descriptors, settings)) {
    if (process_ < 0) {
        throw std::system_error(-process_, std::system_category(),
                                "run " + quoted(arguments.front()));
    }
}

std::optional<int> child::ask(int options) {
    if (status_) return status_;
    int status = 0;
    const int ended = sys::waitpid(process_, &status, options);
    if (ended == process_) {
        status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    } else if (ended < 0) {
        status_ = 127;  // somebody else has waited for it: we shall never know
    }
    return status_;
}

std::optional<int> child::poll_status() {
    return ask(WNOHANG);
}

int child::wait_status() {
    return *ask(0);
}

void child::signal(int number) noexcept {
    if (!status_) sys::kill(process_, number);
}

std::vector<std::string> split_arguments(std::string_view text) {
    std::vector<std::string> words;
    try {
        for (;;) {
            const auto begin = text.find_first_not_of(" \t\r\n");
            if (begin == std::string_view::npos) break;
            std::string_view rest = text.substr(begin);
            words.push_back(take_word(rest));
            text = rest;
        }
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument("command " + quoted(text) + ": " + error.what());
    }
    if (words.empty()) throw std::invalid_argument("the command is empty");
    return words;
}

}  // namespace zocalo::program
