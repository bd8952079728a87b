// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "url/byte_set.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::url {

/// Finds the parts of a text and holds each against its rule.
class uri::parser {
 public:
    explicit parser(std::string_view text) : text_(text) {}

    /// Whether it is a URI reference; what() says why not.
    bool parse();
    [[nodiscard]] const uri& parsed() const noexcept { return parsed_; }
    [[nodiscard]] const char* what() const noexcept { return what_; }

 private:
    bool refuse(const char* why) noexcept {
        what_ = why;
        return false;
    }
    [[nodiscard]] std::uint32_t find(const byte_set& any_of, std::uint32_t from,
                                     std::uint32_t end) const noexcept;
    [[nodiscard]] std::string_view view(std::uint32_t begin, std::uint32_t end) const noexcept {
        return text_.substr(begin, end - begin);
    }

    void read_scheme() noexcept;
    bool read_authority(std::uint32_t begin, std::uint32_t end);
    bool read_host(std::uint32_t begin, std::uint32_t end);
    bool read_port(std::uint32_t begin, std::uint32_t end);
    bool check_path();

    std::string_view text_;
    uri parsed_;
    const char* what_ = nullptr;
};

/// The text for a message, with its user info masked, however broken it is.
std::string shown_without_user_info(std::string_view text);

}  // namespace zocalo::url
