// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// A folder as a part of a site.
///
///     http::site site;
///     http::add_folder(site.routes, {.path = "/srv/www"});
///
/// Files are sent with their types, entity tags and dates, whole or in ranges, and as a sibling
/// that is compressed already where there is one (`page.html.br`, `.zst`, `.gz`) and the client
/// takes it. A folder shows its index, or the list of what is in it: a page to sort and to filter,
/// or JSON for who prefers that (`Accept: application/json`). Nothing outside of it can be reached,
/// whatever is asked for and whatever links say (serve::folder).
namespace zocalo::http {

class routes;

/// What visitors may add, with PUT to a file's path, or POST of a form to a folder's
/// (`multipart/form-data`; the names of the files in it are theirs). A file is there whole or not
/// at all, and for good once the answer has come (io::durable_file).
struct upload_options {
    bool allowed = false;
    /// Whether a file that is there may be replaced; otherwise that is 412 or 409. The new one has
    /// its permissions; a symbolic link is never replaced, nor written through (409). `If-Match`
    /// and `If-None-Match` are respected either way.
    bool overwrite = false;
    std::uint64_t longest = std::uint64_t{4} << 30;  ///< bytes of one file; beyond that 413
    std::size_t files = 1000;                        ///< in one form
};

/// What those who keep files may do with one (Cache-Control, RFC 9111 §5.2.2). It is said of files,
/// an index among them, and not of lists and errors.
struct cache_options {
    /// How long it may be used without asking for it again; zero: they ask each time (`no-cache`).
    /// Nothing: nothing is said, and browsers guess by its age.
    std::optional<std::chrono::seconds> max_age = {};
    /// It never changes under its name: they do not ask before that time, either, when somebody
    /// reloads (RFC 8246).
    bool immutable = false;
};

struct folder_options {
    std::string path = {};  ///< the folder

    /// Where in the site it is: "/files". Empty: all of the site.
    std::string prefix = {};
    /// The file that stands for its folder; empty: none does.
    std::string index = "index.html";
    bool listing = true;  ///< a folder without an index shows what is in it; otherwise 404
    bool hidden = false;  ///< whether names that begin with a dot are there
    bool precompressed = true;
    upload_options upload = {};
    cache_options cache = {};

    std::size_t longest_list = 10000;  ///< entries that a list shows
};

/// Adds the routes of a folder. Throws as serve::folder does, and std::invalid_argument where the
/// routes have the prefix already.
void add_folder(routes& to, const folder_options& options);

}  // namespace zocalo::http
