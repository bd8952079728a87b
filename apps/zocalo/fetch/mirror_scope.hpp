// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/url/uri.hpp"

/// Which URLs belong to a mirror, and what they are called in it. Whatever a server writes ends
/// here, or is a name below the folder of the mirror.
namespace zocalo::program {

/// The file that stands for a folder.
inline constexpr std::string_view page_of_folder = "index.html";

/// What an URL is to a mirror.
enum class belonging {
    inside,
    elsewhere,  ///< another host, scheme or port, or not below the folder; or no URL at all
    question,   ///< it has a query: one of any number of pages
    no_name,    ///< no file can have that name
};

class mirror_scope {
 public:
    /// What is below the folder of an http or https URL: `http://a/b/c` is in `http://a/b/`.
    explicit mirror_scope(const std::string& start);

    /// Where it begins.
    [[nodiscard]] const url::uri& start() const noexcept { return start_; }
    /// `HOST:PORT/FOLDER`, where mirrors go that are told no folder. Nothing when no folder can
    /// have that name.
    [[nodiscard]] std::optional<std::string> default_folder() const;

    /// What a link means that is relative to `base`, in the one spelling that is compared, and what
    /// that is to the mirror.
    [[nodiscard]] belonging look(std::string_view link, const std::string& base,
                                 url::uri& into) const;
    /// The name of a URL that is inside, with `/` between its parts.
    [[nodiscard]] std::optional<std::string> name_of(const url::uri& inside) const;

 private:
    url::uri start_;
    std::string folder_;  ///< the beginning of all paths, with a slash at its end
};

/// What a part of a path is called as a file: decoded, with control characters left as `%XX`.
/// Nothing for what is no name, or would be more than one.
[[nodiscard]] std::optional<std::string> file_name_of(std::string_view segment);

/// Names that wget's -A and -R choose: `.jpg`, `*.tar.?z`. `*` and `?` stand for any characters;
/// without them it is the end of a name.
class name_patterns {
 public:
    /// With commas between them.
    void add(std::string_view list);
    [[nodiscard]] bool is_empty() const noexcept { return all_.empty(); }
    [[nodiscard]] bool match(std::string_view name) const;

 private:
    std::vector<std::string> all_;
};

}  // namespace zocalo::program
