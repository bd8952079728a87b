// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "zocalo/io/durable_file.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/serve/folder.hpp"

namespace zocalo::program {

/// A file on its way into a mirror.
struct mirrored_file {
    serve::place_in_folder place;  ///< which has to be there until the file is kept
    io::durable_file file;
    std::string path;
};

/// Where a mirror goes. No name and no symbolic link leads out of it: names were chosen by a
/// server, and links may have been there before.
///
/// Errors are file_error and show the path.
class mirror_folder {
 public:
    /// Makes it, with the folders above.
    explicit mirror_folder(const std::string& path);

    /// Begins a file, in folders that are made for it.
    [[nodiscard]] io::task<mirrored_file> begin(std::string name) const;
    /// Gives it its name, and this time of modification.
    [[nodiscard]] static io::task<> keep(mirrored_file& what,
                                         std::optional<std::chrono::sys_seconds> modified);

    /// When the file of that name was modified; nothing when there is none.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> modified(const std::string& name) const;
    /// What is in it; nothing when it cannot be read, or is longer.
    [[nodiscard]] std::optional<std::string> text(const std::string& name, std::size_t most) const;

    [[nodiscard]] const std::string& path() const noexcept { return folder_.path(); }

 private:
    void make_folders_of(const std::string& name) const;
    [[nodiscard]] serve::place_in_folder place(const std::string& name) const;

    serve::folder folder_;
};

}  // namespace zocalo::program
