// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/links.hpp"
#include "zocalo/url/uri.hpp"

/// Which URLs belong to a mirror, and what they are called in it. Whatever a server writes ends
/// here, or is a name below the folder of the mirror.
namespace zocalo::program {

/// What an URL is to a mirror.
enum class belonging {
    inside,
    elsewhere,  ///< another host, scheme or port, or not below the folder; or no URL at all
    question,   ///< it asks for something: one of any number of pages
    no_name,    ///< no file can have that name
};

/// How far a mirror of a web site goes beyond one folder of one server.
struct mirror_reach {
    bool above = false;       ///< the whole server (wget's way without -np)
    bool hosts = false;       ///< other servers (wget's -H)
    bool requisites = false;  ///< what pages are shown with, from all of the servers (wget's -p)
    std::vector<std::string> domains = {};           ///< of those other servers; empty: any
    std::vector<std::string> excluded_domains = {};  ///< none of these

    /// Then names in the mirror begin with `HOST:PORT/`, for there may be several.
    [[nodiscard]] bool is_wide() const noexcept { return above || hosts || requisites; }
};

/// One folder of one server, or more of it.
class mirror_scope {
 public:
    virtual ~mirror_scope() = default;
    mirror_scope(const mirror_scope&) = delete;
    mirror_scope& operator=(const mirror_scope&) = delete;

    /// Where it begins.
    [[nodiscard]] const url::uri& start() const noexcept { return start_; }
    /// `HOST:PORT/FOLDER`, where mirrors go that are told no folder. Nothing when no folder can
    /// have that name.
    [[nodiscard]] std::optional<std::string> default_folder() const;

    /// What a link means that is relative to `base`, in the one spelling that is compared, and what
    /// that is to the mirror when it is there for that.
    [[nodiscard]] virtual belonging look(std::string_view link, const std::string& base,
                                         url::uri& into,
                                         link_use use = link_use::followed) const = 0;
    /// Whether it is at the server where the mirror begins: the same scheme, host and port.
    [[nodiscard]] bool is_same_server(const url::uri& other) const;
    /// The name of a URL that is inside, with `/` between its parts.
    [[nodiscard]] virtual std::optional<std::string> name_of(const url::uri& inside) const = 0;
    /// What may have links to what is wanted, by its URL.
    [[nodiscard]] virtual bool may_lead_on(const url::uri& where) const = 0;
    /// What the rules of robots.txt are held against.
    [[nodiscard]] virtual url::uri for_robots(const url::uri& where) const = 0;

 protected:
    mirror_scope() = default;

    url::uri start_;
    std::string folder_;  ///< the beginning of all paths that are not above it
};

/// What is below the folder of an http or https URL: `http://a/b/c` is in `http://a/b/`; and what
/// is in reach beside. The page of a folder is `index.html`. What a page is shown with may have a
/// query, which is a part of its name: `style.css?v=3`.
class web_scope final : public mirror_scope {
 public:
    explicit web_scope(const std::string& start, mirror_reach reach = {});

    [[nodiscard]] belonging look(std::string_view link, const std::string& base, url::uri& into,
                                 link_use use = link_use::followed) const override;
    [[nodiscard]] std::optional<std::string> name_of(const url::uri& inside) const override;
    [[nodiscard]] bool may_lead_on(const url::uri& where) const override;
    [[nodiscard]] url::uri for_robots(const url::uri& where) const override { return where; }

 private:
    [[nodiscard]] bool reaches(const url::uri& where, bool is_needed) const;

    mirror_reach reach_;
};

/// The items of a Gopher server whose selectors are below that of a menu, or beside that of
/// anything else: `gopher://a/1/b` has `/b/c`, and `gopher://a/0/b/c.txt` is in `/b/`. The menu of
/// a folder is `gophermap`, as servers call it.
class gopher_scope final : public mirror_scope {
 public:
    explicit gopher_scope(const std::string& start);

    [[nodiscard]] belonging look(std::string_view link, const std::string& base, url::uri& into,
                                 link_use use = link_use::followed) const override;
    [[nodiscard]] std::optional<std::string> name_of(const url::uri& inside) const override;
    [[nodiscard]] bool may_lead_on(const url::uri& where) const override;
    [[nodiscard]] url::uri for_robots(const url::uri& where) const override;
};

/// By the scheme of a URL. Throws std::invalid_argument for one of another scheme, and for a reach
/// beyond the folder where Gopher is spoken.
[[nodiscard]] std::unique_ptr<mirror_scope> make_mirror_scope(const std::string& start,
                                                              const mirror_reach& reach = {});

}  // namespace zocalo::program
