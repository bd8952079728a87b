// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "url/byte_set.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::url {

/// The URL Standard's parser, one function for what it describes as several states.
///
/// The text comes without what the standard takes away first: controls and spaces at its ends, and
/// tabs and line ends anywhere.
class web_parser {
 public:
    web_parser(std::string_view text, const web_url* base);

    bool parse();
    [[nodiscard]] web_url result() &&;
    /// The host that was none, when that is what it failed for.
    [[nodiscard]] std::string_view wrong_host() const noexcept { return wrong_host_; }

 private:
    using segments = std::vector<std::string>;

    bool take_scheme();
    bool without_scheme();
    bool relative();
    bool after_relative_slash();
    void like_base();
    bool file();
    bool file_host();

    bool authority();
    void credentials(std::string_view text);
    bool host_and_port(std::string_view text);
    bool port(std::string_view text);

    bool path_start();
    bool path();
    void opaque_path();
    void add_segment(std::string_view text, bool is_last);
    void shorten();
    bool query_and_fragment();

    [[nodiscard]] bool is_slash(char c) const noexcept {
        return c == '/' || (special_ && c == '\\');
    }
    [[nodiscard]] bool at_slash() const noexcept { return !rest_.empty() && is_slash(rest_[0]); }
    void skip_slashes() noexcept;
    /// What comes before any of these, and takes it away.
    std::string_view take_until(std::string_view ends) noexcept;

    [[nodiscard]] bool host(std::string_view text, bool is_special);

    std::string_view rest_;  ///< what was not read yet
    std::string_view wrong_host_;
    const web_url* base_;
    web_url url_;
    segments path_;
    bool special_ = false;
};

}  // namespace zocalo::url
