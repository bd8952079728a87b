// SPDX-License-Identifier: MIT
#include "fetch/password.hpp"

#include <stdexcept>
#include <system_error>

#include "sys/file.hpp"
#include "sys/terminal.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::program {

std::string ask_for_password(const std::string& prompt) {
    const int opened = sys::open("/dev/tty", O_RDWR);
    if (opened < 0) {
        throw std::invalid_argument("a password is missing, and there is no terminal to ask on");
    }
    const unique_fd terminal(opened);
    const sys::no_echo hidden(opened);
    (void)sys::write(opened, prompt.data(), prompt.size());
    std::string typed;
    for (;;) {
        char next = 0;
        const ssize_t got = sys::read(opened, &next, 1);
        if (got < 0) {
            throw std::system_error(static_cast<int>(-got), std::system_category(),
                                    "read a password");
        }
        if (got == 0 || next == '\n') break;
        typed += next;
    }
    (void)sys::write(opened, "\n", 1);
    return typed;
}

}  // namespace zocalo::program
