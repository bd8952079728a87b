// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/unique_fd.hpp"

/// A folder that cannot be escaped: what servers of files open files with.
///
/// The kernel walks the path and refuses to leave the folder, whatever `..`, symbolic links and
/// their changes in the meantime say (openat2(2) with RESOLVE_BENEATH, Linux 5.6). So there is no
/// list of dangerous names here that could have a hole.
///
/// All of it blocks as file systems do: in a task, call it through io::spawn_blocking(). What ends
/// in `_now` does not: it gives what the kernel has in memory, and std::errc::
/// resource_unavailable_try_again for everything else.
namespace zocalo::serve {

namespace detail {
class small_files;
}

/// What a name in a folder stands for. Neither pipes nor devices are shown or opened.
struct folder_entry {
    enum class kind : std::uint8_t { file, folder };

    std::string name = {};
    kind what = kind::file;
    std::uint64_t size = 0;  ///< in bytes, of a file
    std::chrono::sys_seconds modified = {};
    std::uint32_t nanoseconds = 0;  ///< of the second in which it was modified

    [[nodiscard]] bool is_folder() const noexcept { return what == kind::folder; }
    friend bool operator==(const folder_entry&, const folder_entry&) = default;
};

/// A file of a folder, open for reading, or a folder in it. Move-only; the destructor closes it.
class opened_entry {
 public:
    opened_entry(unique_fd fd, folder_entry about) noexcept;
    /// Of a small file whose content is known.
    opened_entry(std::shared_ptr<const std::string> content, folder_entry about) noexcept;

    /// As it was when it was opened. Its name is the one that was asked for, without slashes around
    /// it.
    [[nodiscard]] const folder_entry& about() const noexcept { return about_; }

    /// Fills `into` from there on; less only at the end of the file. Any threads. Throws
    /// std::system_error.
    std::size_t read_at(std::uint64_t offset, mutable_buffer into) const;
    /// As much of that as is in memory: less says nothing about the file's end.
    std::size_t read_at_now(std::uint64_t offset, mutable_buffer into) const noexcept;
    /// The number of the descriptor, or −1 where there is none: a small file whose content is
    /// known.
    [[nodiscard]] int fileno() const noexcept { return fd_ ? fd_.get() : -1; }
    /// All of it, where that is known without a look: of a small file. Null elsewhere; good for as
    /// long as this is.
    [[nodiscard]] const std::string* content() const noexcept { return content_.get(); }
    /// All of it; std::errc::file_too_large beyond `limit` bytes.
    [[nodiscard]] std::string read_all(std::size_t limit) const;

 private:
    unique_fd fd_;
    std::shared_ptr<const std::string> content_;  ///< null: fd_ is read
    folder_entry about_;
};

/// Where a file of a folder is to be made. Move-only; while it lives, path() leads into the folder
/// and nowhere else, whatever is renamed meanwhile: give it to io::create_durable_file().
class place_in_folder {
 public:
    place_in_folder(unique_fd parent, std::string_view name,
                    std::optional<std::uint32_t> permissions);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Who might do what (0644, say) with the file that was there when this was made; nothing when
    /// there was none.
    [[nodiscard]] std::optional<std::uint32_t> permissions() const noexcept { return permissions_; }
    /// Gives them to an open file that will replace that one. Throws std::system_error.
    void hand_permissions_on(int descriptor) const;

 private:
    unique_fd parent_;
    std::string path_;
    std::optional<std::uint32_t> permissions_;
};

struct folder_options {
    /// Whether names that begin with a dot are there: `.git`, `.htpasswd` and the like are not
    /// meant for visitors.
    bool hidden = false;
    std::size_t longest_list = 10000;  ///< entries; a list has no more of them
};

/// What is in small files it remembers until they change. **Threads.** May be shared.
class folder {
 public:
    /// Throws std::system_error when there is none, and where the kernel cannot keep anybody in it
    /// (std::errc::function_not_supported).
    explicit folder(const std::string& path, const folder_options& options = {});

    /// Opens what `name` leads to, decoded, with `/` between its parts; slashes around it do not
    /// count, and an empty one is the folder itself.
    ///
    /// Throws std::system_error that shows the name. Nothing distinguishes what is outside, hidden
    /// or no file from what is not there: std::errc::no_such_file_or_directory.
    [[nodiscard]] opened_entry open(std::string_view name) const;
    /// The same with nothing and the reason in place of an error.
    [[nodiscard]] std::optional<opened_entry> try_open(std::string_view name,
                                                       std::error_code& why) const;

    [[nodiscard]] std::optional<opened_entry> try_open_now(std::string_view name,
                                                           std::error_code& why) const;

    /// Where a file of that name would be, in a folder that is there. Throws as open() does,
    /// std::errc::invalid_argument for what cannot be a name of one, and std::errc::file_exists
    /// where a symbolic link has the name: a file in its place would not be what it leads to.
    [[nodiscard]] place_in_folder place(std::string_view name) const;

    /// What is in the folder of that name, by name: all of it, or the names that are `wanted`.
    /// Throws as open() does, and std::errc::not_a_directory.
    [[nodiscard]] std::vector<folder_entry> list(
        std::string_view name, const std::function<bool(std::string_view)>& wanted = {}) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
    enum class patience : std::uint8_t { waits, now };
    [[nodiscard]] int descend(std::string_view name, int flags, unique_fd& to,
                              patience how = patience::waits) const;
    [[nodiscard]] std::optional<opened_entry> look_for(std::string_view name, patience how,
                                                       std::error_code& why) const;
    [[nodiscard]] bool is_served(std::string_view name) const noexcept;

    unique_fd fd_;
    std::string path_;
    folder_options options_;
    std::shared_ptr<detail::small_files> known_;
};

}  // namespace zocalo::serve
