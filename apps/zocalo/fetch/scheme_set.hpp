// SPDX-License-Identifier: MIT
#pragma once

#include <bitset>
#include <string_view>

namespace zocalo::program {

/// Which of the schemes that we speak may be used: what curl's --proto and --proto-redir say.
class scheme_set {
 public:
    /// http, https, gopher, gophers, file and data.
    [[nodiscard]] static scheme_set all() noexcept;
    /// What redirects may lead to.
    [[nodiscard]] static scheme_set web() noexcept;

    /// `=https` is that one only, `-http` one less, `+http` or `http` one more; `all` is any, and
    /// others follow behind a comma. What we do not speak changes nothing. Throws
    /// std::invalid_argument for what is no such list, and for one that leaves nothing.
    void change(std::string_view list);

    [[nodiscard]] bool contains(std::string_view scheme) const noexcept;

 private:
    std::bitset<6> allowed_;
};

}  // namespace zocalo::program
