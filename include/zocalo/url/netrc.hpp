// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/url/host.hpp"

/// The file in which users keep their passwords for hosts: ~/.netrc.
namespace zocalo::url {

/// Machines with a user and a password each, and maybe an entry for all others.
///
///     machine example.org login Ada password "with spaces"
///     default login anonymous password me@example.org
class netrc {
 public:
    struct entry {
        std::string user;
        std::string password;
        std::string account;
    };

    /// Texts that are longer are refused.
    static constexpr std::size_t longest = std::size_t{1} << 20;

    /// Reads the text of such a file, as Python and curl do: words, in quotes or not, with
    /// backslashes; comments from a word that begins with `#` to the end of the line; macros, which
    /// are passed over. Of two entries for a machine the first counts.
    ///
    /// Throws std::invalid_argument that names the line, and shows nothing of it.
    static netrc parse(std::string_view text);

    /// Reads a file. Throws std::system_error that names it: std::errc::no_such_file_or_directory,
    /// permission_denied when it has passwords and anybody else may read it or owns it; and what
    /// parse() does.
    static netrc load(const std::string& path);
    /// That of the user: what NETRC names, else .netrc in the folder that HOME names. An empty one
    /// when there is no such file.
    static netrc load_own();

    /// The entry for a host, and for none but that one; null when there is none.
    [[nodiscard]] const entry* find(const host& wanted) const noexcept;
    /// The entry for whoever has none; null when there is none.
    [[nodiscard]] const entry* default_entry() const noexcept {
        return default_ ? &*default_ : nullptr;
    }
    [[nodiscard]] std::size_t size() const noexcept { return machines_.size(); }

 private:
    struct machine {
        std::string name;
        std::optional<host> spelled;  ///< none: no host, so nobody finds it
        entry what;
    };
    class parser;

    std::vector<machine> machines_;
    std::optional<entry> default_;
};

}  // namespace zocalo::url
