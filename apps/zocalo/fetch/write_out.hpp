// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fetch/transfer.hpp"

namespace zocalo::program {

/// What -w says, as `%{stdout}` and `%{stderr}` have parted it.
struct written_out {
    std::string output;
    std::string error;
};

/// curl's -w: `%{name}`, `%header{name}`, `%%` and `\n`, `\t`, `\r`.
class write_out {
 public:
    explicit write_out(std::string_view format);

    /// Names in it that mean nothing here. They are left out of the text, as by curl.
    [[nodiscard]] const std::vector<std::string>& unknown() const noexcept { return unknown_; }
    [[nodiscard]] written_out about(const transfer_report& of) const;

 private:
    enum class kind { text, variable, field };
    struct piece {
        kind what;
        std::string text;  ///< or a name
    };

    void add(std::string_view text);
    void add_variable(std::string_view name);

    std::vector<piece> pieces_;
    std::vector<std::string> unknown_;
};

}  // namespace zocalo::program
