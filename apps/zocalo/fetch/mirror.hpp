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
#include "fetch/mirror_robots.hpp"
#include "fetch/mirror_scope.hpp"
#include "fetch/transfers.hpp"

namespace zocalo::program {

/// One URL of a mirror.
struct mirror_page {
    url::uri where = {};
    std::string name = {};
    std::size_t depth = 0;  ///< so many links lead to it
    std::size_t parts = 0;  ///< the last so many of them are to what a page is shown with
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
    std::size_t unwanted = 0;  ///< by a site's robots.txt
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
    /// Whether it is at the server where the mirror begins: no other one is told who we are.
    [[nodiscard]] bool is_own(const url::uri& where) const { return scope_->is_same_server(where); }
    /// What the file of a page is called, once its kind is known: a name of its own.
    [[nodiscard]] std::string claim(const std::string& name, page_kind kind);
    /// What its file of an earlier mirror is called; `name` when there is none.
    [[nodiscard]] std::string name_there(const std::string& name) const;
    /// So many bytes have come; throws std::runtime_error when that is too much.
    void count(std::uint64_t bytes);
    mirror_counts counts;

 private:
    friend class mirror_transfer;
    void add(mirror_page page);
    void follow(std::string_view link, const std::string& base, mirror_page next);
    [[nodiscard]] bool is_too_deep(const mirror_page& next) const;
    [[nodiscard]] bool may_follow(const mirror_page& next);
    void follow_redirect(const mirror_transfer& done);
    void ended(transfer& which);
    [[nodiscard]] io::task<> ask_robots(session& with, url::uri where);
    [[nodiscard]] bool is_allowed(const url::uri& where) const;
    [[nodiscard]] io::task<bool> may_fetch(session& with, const mirror_page& page);
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
    robots_book robots_;
    std::set<std::string> met_;      ///< URLs
    std::set<std::string> names_;    ///< of files, as the scope has them
    std::set<std::string> claimed_;  ///< of files, as they are called
    transfers all_;
};

}  // namespace zocalo::program
