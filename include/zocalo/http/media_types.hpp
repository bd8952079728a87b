// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace zocalo::http {

/// What a file's name says of its content.
struct guessed_type {
    /// `text/html`; empty when nothing is known. Without charset: the file may be in any.
    std::string_view type;
    /// `gzip`, when the file is that type in that coding: `a.tar.gz`, `a.svgz`; or empty. Those
    /// that browsers know may be sent as Content-Encoding.
    std::string_view coding;
};

/// The media types of files, by the ends of their names.
///
/// It knows what web servers serve; add() and read() teach it more. As in Python's mimetypes, a
/// name may end in a coding behind its type. **Lifetime.** What guess() gives is good until the
/// next change. **Threads.** Any number may ask; changing it is for one alone.
class media_types {
 public:
    /// Those that are known without asking anybody.
    media_types() = default;
    /// The same and those of /etc/mime.types, which win. A machine without that file is as good.
    static media_types of_system();

    /// Of a file's name or path, or of a URL's path: what is behind the last `/` counts.
    [[nodiscard]] guessed_type guess(std::string_view name) const;

    /// One more: `type` for names that end in `extension`, `.md` or `md`. It wins over what was.
    media_types& add(std::string_view type, std::string_view extension);
    /// Reads the text of a file such as /etc/mime.types: in each line a type and its extensions;
    /// `#` and what follows is a comment. Lines that make no sense are passed over.
    media_types& read(std::string_view text);

 private:
    [[nodiscard]] std::string_view find(std::string_view extension) const;

    std::map<std::string, std::string, std::less<>> added_;  ///< by extension in lower case
};

}  // namespace zocalo::http
