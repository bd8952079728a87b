// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zocalo::program {

/// The standard descriptors that a program is started with.
struct standard_descriptors {
    int in = 0;
    int out = 1;
    int err = 2;
};

/// A program that we have started. It goes on when this object dies.
class child {
 public:
    /// The first argument is the program, looked for in PATH when it has no slash. `settings` are
    /// `NAME=value`, added to our own environment. Throws std::system_error that names the program
    /// when it cannot be started.
    child(const std::vector<std::string>& arguments, const standard_descriptors& descriptors = {},
          const std::vector<std::string>& settings = {});

    /// The exit status once the program has ended; 128 and the number of a signal that killed it.
    [[nodiscard]] std::optional<int> poll_status();
    int wait_status();

    /// Sends a signal, unless it has ended.
    void signal(int number) noexcept;
    [[nodiscard]] int process() const noexcept { return process_; }

 private:
    std::optional<int> ask(int options);

    int process_;
    std::optional<int> status_;
};

/// The arguments that `text` spells, with no shell: separated by white space; '...' keeps
/// everything, "..." keeps all but \" and \\, and \ keeps the next character. Throws
/// std::invalid_argument when a quote is left open or there is no word.
[[nodiscard]] std::vector<std::string> split_arguments(std::string_view text);

}  // namespace zocalo::program
