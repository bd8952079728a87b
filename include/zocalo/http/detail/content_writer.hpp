// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "zocalo/http/fields.hpp"

namespace zocalo::http::detail {

/// Puts around content what tells the peer where it ends.
class content_writer {
 public:
    enum class coding : std::uint8_t { sized, chunks, until_close };

    content_writer() noexcept = default;
    /// `size` counts for coding::sized. What is `dropped` is counted and not sent: the answer to
    /// HEAD.
    content_writer(coding how, std::uint64_t size, bool dropped) noexcept
        : left_(size), coding_(how), is_dropped_(dropped) {}

    /// Appends what stands before `size` bytes of content: whether they go out at all.
    ///
    /// Throws std::logic_error when that is more than was announced.
    bool begin_piece(std::size_t size, std::string& out);
    void end_piece(std::string& out) const;
    /// Whether content that goes out has nothing around it.
    [[nodiscard]] bool sends_as_it_is() const noexcept {
        return coding_ != coding::chunks && !is_dropped_;
    }
    /// Whether nothing but the end of the connection says where the content ends.
    [[nodiscard]] bool ends_with_connection() const noexcept {
        return coding_ == coding::until_close && !is_dropped_;
    }
    /// Throws std::logic_error when less was sent than announced, and std::invalid_argument for
    /// fields that may not be trailers.
    void end(const fields& trailers, std::string& out) const;

 private:
    std::uint64_t left_ = 0;
    coding coding_ = coding::sized;
    bool is_dropped_ = false;
};

}  // namespace zocalo::http::detail
