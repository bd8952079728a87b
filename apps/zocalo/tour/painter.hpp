// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zocalo::program {

/// Prints the tour: headings, what programs say, and how it ended. Colours only on a terminal
/// whose owner has not set NO_COLOR.
class painter {
 public:
    enum class tone { plain, faint, strong, good, bad, first, second, third };

    painter();

    void title(std::string_view text, std::string_view under) const;
    void chapter(std::size_t number, std::string_view heading, std::string_view story) const;
    /// A command line that the tour runs.
    void command(std::string_view text) const;
    /// A line that a program printed; what a terminal would obey is escaped.
    void said(std::string_view who, std::string_view line, tone how) const;
    /// A remark of the tour itself.
    void note(std::string_view text) const;
    void outcome(bool good, std::string_view text) const;
    void skipped(std::string_view why) const;

    [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }

 private:
    [[nodiscard]] std::string in(tone how, std::string_view text) const;

    bool terminal_;
    bool colour_;
};

}  // namespace zocalo::program
