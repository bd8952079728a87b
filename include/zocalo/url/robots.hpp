// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a site asks of programs that follow its links (RFC 9309). No I/O: http/robots.hpp fetches
/// it.
namespace zocalo::url {

class uri;

/// The text of a site's /robots.txt, read.
///
///     const url::robots rules = url::robots::parse(text);
///     if (rules.can_fetch("zocalo", where)) ...
///
/// The rules of all groups for a product's name count, and those for `*` when there is none. Of
/// those that match the longest decides, and of two as long the one that allows. It is a request of
/// the site, no protection of anything.
class robots {
 public:
    /// Bytes of text that are read; what follows is passed over, as is a line that this cuts
    /// (RFC 9309 §2.5).
    static constexpr std::size_t longest = std::size_t{500} * 1024;

    /// Everything is allowed: that of a site without one (RFC 9309 §2.3.1.3).
    robots() = default;
    /// Nothing is: that of a site whose own could not be fetched (RFC 9309 §2.3.1.4).
    [[nodiscard]] static robots nothing();
    /// Reads any text; lines that make no sense are passed over.
    [[nodiscard]] static robots parse(std::string_view text);

    /// Whether that program may fetch it. `agent` is its product's name, or what it sends as
    /// User-Agent: what stands before a `/` or a space counts, in any case. Only path and query of
    /// `where` are looked at; whether it is a URL of that site is the caller's to know.
    [[nodiscard]] bool can_fetch(std::string_view agent, const uri& where) const;

    /// So many requests in so many seconds.
    struct rate {
        std::uint32_t requests = 0;
        std::chrono::seconds in{};
        friend bool operator==(const rate&, const rate&) = default;
    };

    /// How long it should wait between two requests (`Crawl-delay`, which is in no RFC), at most a
    /// day; nothing when that is not said.
    [[nodiscard]] std::optional<std::chrono::milliseconds> crawl_delay(
        std::string_view agent) const;
    /// `Request-rate: 3/60`, the same in other words.
    [[nodiscard]] std::optional<rate> request_rate(std::string_view agent) const;
    /// URLs of lists of what there is (`Sitemap`), as they are written.
    [[nodiscard]] const std::vector<std::string>& site_maps() const noexcept { return maps_; }

 private:
    class reader;

    struct rule {
        std::string pattern;  ///< escapes in one spelling; without its `$`
        bool allows = false;
        bool is_anchored = false;
        std::size_t size = 0;  ///< bytes, as it is compared with others
    };
    struct group {
        std::vector<rule> rules;
        std::optional<std::chrono::milliseconds> delay;
        std::optional<rate> pace;
    };
    struct agent_line {
        std::string name;  ///< in lower case; or `*`
        std::size_t group = 0;
    };

    [[nodiscard]] static bool matches(const rule& which, std::string_view path);
    /// Calls `look` with each group for that program.
    template <class Look>
    void for_groups(std::string_view agent, Look look) const;

    std::vector<agent_line> agents_;
    std::vector<group> groups_;
    std::vector<std::string> maps_;
};

}  // namespace zocalo::url
