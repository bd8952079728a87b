// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

/// One folder of one server.
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
    /// that is to the mirror.
    [[nodiscard]] virtual belonging look(std::string_view link, const std::string& base,
                                         url::uri& into) const = 0;
    /// The name of a URL that is inside, with `/` between its parts.
    [[nodiscard]] virtual std::optional<std::string> name_of(const url::uri& inside) const = 0;
    /// What may have links to what is wanted, by its URL.
    [[nodiscard]] virtual bool may_lead_on(const url::uri& where) const = 0;
    /// What the rules of robots.txt are held against.
    [[nodiscard]] virtual url::uri for_robots(const url::uri& where) const = 0;

 protected:
    mirror_scope() = default;
    [[nodiscard]] bool is_same_server(const url::uri& other) const;

    url::uri start_;
    std::string folder_;  ///< the beginning of all paths
};

/// What is below the folder of an http or https URL: `http://a/b/c` is in `http://a/b/`. The page
/// of a folder is `index.html`.
class web_scope final : public mirror_scope {
 public:
    explicit web_scope(const std::string& start);

    [[nodiscard]] belonging look(std::string_view link, const std::string& base,
                                 url::uri& into) const override;
    [[nodiscard]] std::optional<std::string> name_of(const url::uri& inside) const override;
    [[nodiscard]] bool may_lead_on(const url::uri& where) const override;
    [[nodiscard]] url::uri for_robots(const url::uri& where) const override { return where; }
};

/// The items of a Gopher server whose selectors are below that of a menu, or beside that of
/// anything else: `gopher://a/1/b` has `/b/c`, and `gopher://a/0/b/c.txt` is in `/b/`. The menu of
/// a folder is `gophermap`, as servers call it.
class gopher_scope final : public mirror_scope {
 public:
    explicit gopher_scope(const std::string& start);

    [[nodiscard]] belonging look(std::string_view link, const std::string& base,
                                 url::uri& into) const override;
    [[nodiscard]] std::optional<std::string> name_of(const url::uri& inside) const override;
    [[nodiscard]] bool may_lead_on(const url::uri& where) const override;
    [[nodiscard]] url::uri for_robots(const url::uri& where) const override;
};

/// By the scheme of a URL. Throws std::invalid_argument for one of another scheme.
[[nodiscard]] std::unique_ptr<mirror_scope> make_mirror_scope(const std::string& start);

}  // namespace zocalo::program
