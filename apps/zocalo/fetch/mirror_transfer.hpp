// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "fetch/mirror.hpp"
#include "fetch/mirror_links.hpp"
#include "fetch/transfer.hpp"

namespace zocalo::program {

/// Fetches one page of a mirror into its file, and keeps what it says about others.
class mirror_transfer : public transfer {
 public:
    mirror_transfer(session& with, mirror& of, const context& shared, mirror_page page,
                    transfer_meter& meter);

    [[nodiscard]] const mirror_page& page() const noexcept { return page_; }
    [[nodiscard]] page_kind kind() const noexcept { return kind_; }
    /// The text of a page that has links; empty for everything else.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Where a redirect leads; empty when it was none.
    [[nodiscard]] const std::string& location() const noexcept { return location_; }
    /// What its file is called, if there is one.
    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    /// What is there is as new.
    [[nodiscard]] bool is_unchanged() const noexcept { return is_unchanged_; }
    /// The mirror has the file now.
    [[nodiscard]] bool has_file() const noexcept {
        return is_unchanged_ || (report().code == exit_code::ok && !report().path.empty());
    }

 protected:
    mirror& of_;
    mirror_page page_;
    page_kind kind_ = page_kind::none;
    std::string text_;
    std::string location_;
    std::string file_;
    bool is_unchanged_ = false;
};

/// By the scheme of its URL.
[[nodiscard]] std::unique_ptr<mirror_transfer> make_web_transfer(session& with, mirror& of,
                                                                 const context& shared,
                                                                 mirror_page page,
                                                                 transfer_meter& meter);
[[nodiscard]] std::unique_ptr<mirror_transfer> make_gopher_transfer(session& with, mirror& of,
                                                                    const context& shared,
                                                                    mirror_page page,
                                                                    transfer_meter& meter);

}  // namespace zocalo::program
