// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "fetch/transfer_meter.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::program {

/// The foot of a terminal, with a line for each transfer that is under way.
///
/// Lines appear when they have something to say for half a second, and are drawn anew in their
/// place after that; the last one is for all those that have no room. What was shown leaves a line
/// behind when it is done. Whoever prints something else there calls settle() before.
class transfer_board {
 public:
    enum class style { none, meter, bar };

    /// Draws on stderr, if that is a terminal which can erase a line. More meters may come to `all`
    /// meanwhile.
    transfer_board(const std::deque<transfer_meter>& all, style how);
    ~transfer_board() { settle(); }
    transfer_board(const transfer_board&) = delete;
    transfer_board& operator=(const transfer_board&) = delete;

    /// Draws until it is cancelled.
    [[nodiscard]] io::task<> run();
    /// Leaves the lines of what is done, and nothing else.
    void settle();

 private:
    struct row {
        pace going = {};
        std::chrono::steady_clock::time_point began = {};
        std::chrono::steady_clock::time_point last = {};
        bool was_shown = false;
        bool is_closed = false;
    };

    void look();
    void draw();
    [[nodiscard]] std::string erasure();
    [[nodiscard]] std::string closing_lines(std::size_t columns);
    [[nodiscard]] std::string line_for(const transfer_meter& of, double rate,
                                       std::size_t columns) const;
    [[nodiscard]] std::string open_lines(std::size_t columns, std::size_t most);

    const std::deque<transfer_meter>& all_;
    const style how_;
    std::deque<row> rows_;   ///< one for each of them
    std::size_t lines_ = 0;  ///< that are on the terminal now
};

}  // namespace zocalo::program
