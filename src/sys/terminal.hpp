// SPDX-License-Identifier: MIT
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// A terminal that does not show what is typed, as long as this lives.
class no_echo {
 public:
    explicit no_echo(int terminal) noexcept : terminal_(terminal) {
        if (::tcgetattr(terminal_, &before_) != 0) return;
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &hidden) == 0;
    }
    ~no_echo() {
        if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    no_echo(const no_echo&) = delete;
    no_echo& operator=(const no_echo&) = delete;

 private:
    int terminal_;
    termios before_{};
    bool changed_ = false;
};

/// How many characters fit into a line; 0 when that is not known.
inline unsigned columns_of(int terminal) noexcept {
    winsize size{};
    return once(::ioctl(terminal, TIOCGWINSZ, &size)) < 0 ? 0 : size.ws_col;
}
/// How many lines it has; 0 when that is not known.
inline unsigned lines_of(int terminal) noexcept {
    winsize size{};
    return once(::ioctl(terminal, TIOCGWINSZ, &size)) < 0 ? 0 : size.ws_row;
}

}  // namespace zocalo::sys
