// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "command.hpp"
#include "fetch/get_request.hpp"
#include "fetch/mirror_folder.hpp"
#include "fetch/mirror_links.hpp"
#include "fetch/mirror_names.hpp"
#include "fetch/mirror_scope.hpp"
#include "fetch/transfers.hpp"
#include "zocalo/url/robots.hpp"

namespace zocalo::program {

/// One URL of a mirror.
struct mirror_page {
    url::uri where;
    std::string name;
    std::size_t depth = 0;  ///< so many links lead to it
    bool is_kept = true;    ///< else its links alone are of interest
};

/// What was done, and what was not.
struct mirror_counts {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::size_t unchanged = 0;
    std::size_t failed = 0;
    std::size_t found = 0;  ///< with --spider
    std::size_t elsewhere = 0;
    std::size_t questions = 0;
    std::size_t no_names = 0;  ///< that a file could have
    std::size_t too_deep = 0;
    std::size_t endless = 0;   ///< texts of Gopher that came without their end
    std::size_t changed = 0;   ///< pages with other links
    std::size_t unwanted = 0;  ///< by the site's robots.txt
    bool is_full = false;      ///< there were more than --max-files
};

class mirror_transfer;

/// A folder of a site, with everything below it: `--recursive`.
///
/// Pages and menus are read for links, which lead to more. The set of what was met grows with what
/// is fetched, and that has limits.
class mirror {
 public:
    mirror(const get_request& options, context& shared);

    void run();

    [[nodiscard]] const get_request& options() const noexcept { return options_; }
    /// Where files are kept: with --spider there is none.
    [[nodiscard]] const mirror_folder& folder() const { return folder_.value(); }
    /// Whether it may be a page with links, by its name.
    [[nodiscard]] bool may_lead_on(const url::uri& where) const {
        return scope_->may_lead_on(where);
    }
    /// So many bytes have come; throws std::runtime_error when that is too much.
    void count(std::uint64_t bytes);
    mirror_counts counts;

 private:
    friend class mirror_transfer;
    void add(mirror_page page);
    void follow(std::string_view link, const std::string& base, std::size_t depth);
    void follow_redirect(const mirror_transfer& done);
    void ended(transfer& which);
    [[nodiscard]] io::task<> ask_robots(session& with);
    [[nodiscard]] io::task<> convert();
    void keep_pause(std::chrono::milliseconds asked);
    [[nodiscard]] bool wants(const std::string& name) const;
    void report(std::chrono::nanoseconds took) const;

    get_request options_;
    context& shared_;
    std::unique_ptr<mirror_scope> scope_;
    std::optional<mirror_folder> folder_;
    mirror_links links_;
    name_patterns accepted_;
    name_patterns rejected_;
    url::robots robots_;
    std::set<std::string> met_;    ///< URLs
    std::set<std::string> names_;  ///< of files
    transfers all_;
};

}  // namespace zocalo::program
