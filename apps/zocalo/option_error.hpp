// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace zocalo::program {

/// Within a catch handler: throws the same kind of error once more, with the name of the option in
/// front of what it says.
[[noreturn]] void rethrow_about(const std::string& option);

/// Does what an option asks for; what goes wrong then names the option: `--cert`.
template <class Work>
auto about_option(const std::string& option, Work work) {
    try {
        return work();
    } catch (...) {
        rethrow_about(option);
    }
}

}  // namespace zocalo::program
