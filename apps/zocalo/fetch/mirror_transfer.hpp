// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "fetch/mirror.hpp"
#include "fetch/transfer.hpp"

namespace zocalo::program {

/// Fetches one page of a mirror into its file, and keeps what it says about others.
class mirror_transfer final : public transfer {
 public:
    /// Links are looked for in so much of a page.
    static constexpr std::size_t longest_page = std::size_t{8} << 20;

    mirror_transfer(session& with, mirror& of, const context& shared, mirror_page page,
                    transfer_meter& meter);

    [[nodiscard]] const mirror_page& page() const noexcept { return page_; }
    /// The text of a page that has links; empty for everything else.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Where a redirect leads; empty when it was none.
    [[nodiscard]] const std::string& location() const noexcept { return location_; }
    [[nodiscard]] bool is_unchanged() const noexcept { return is_unchanged_; }

 private:
    [[nodiscard]] http::request make_request() override;
    [[nodiscard]] io::task<std::unique_ptr<sink>> open_sink(
        const http::response_stream* answer) override;

    mirror& of_;
    mirror_page page_;
    std::string text_;
    std::string location_;
    bool is_unchanged_ = false;
};

}  // namespace zocalo::program
