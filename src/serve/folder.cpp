// SPDX-License-Identifier: MIT
#include "zocalo/serve/folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/fail.hpp"
#include "serve/small_files.hpp"
#include "sys/file.hpp"
#include "sys/folder.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::serve {

namespace {

/// Out of the folder no way leads, and neither do those that /proc makes up.
constexpr std::uint64_t beneath = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;

/// Who may read, write and run it. What makes a program run as its owner is not for new content.
constexpr mode_t everybodys_bits = 0777;

std::string_view without_slashes(std::string_view name) noexcept {
    while (name.starts_with('/'))
        name.remove_prefix(1);
    while (name.ends_with('/'))
        name.remove_suffix(1);
    return name;
}

/// What visitors learn of all the ways in which a name leads nowhere; that something is there which
/// they may not have is one of them.
int public_error(int error) noexcept {
    constexpr std::array nowhere{EXDEV, ELOOP, ENOTDIR, ENXIO, EACCES, ENAMETOOLONG, EPERM, EINVAL};
    return std::ranges::find(nowhere, -error) == nowhere.end() ? error : -ENOENT;
}

/// For reading what `fd` (O_PATH) is known to be. Where there is no /proc, after a chroot, that
/// goes `by_name`, to see that it is the same.
template <class ByName>
int open_known(unique_fd& fd, const struct stat& known, ByName by_name) {
    constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    unique_fd opened(sys::open_again(fd.get(), flags));
    int result = opened.get();
    if (result == -ENOENT) {
        struct stat status{};
        result = by_name(flags, opened);
        if (result >= 0) result = sys::fstat(opened.get(), &status);
        const bool is_same = status.st_dev == known.st_dev && status.st_ino == known.st_ino;
        if (result >= 0 && !is_same) result = -ENOENT;
    }
    if (result < 0) return result;
    fd = std::move(opened);
    return 0;
}

std::optional<folder_entry> entry_from(std::string_view name, const struct stat& status) {
    folder_entry entry;
    if (S_ISDIR(status.st_mode)) {
        entry.what = folder_entry::kind::folder;
    } else if (S_ISREG(status.st_mode)) {
        entry.size = static_cast<std::uint64_t>(status.st_size);
    } else {
        return std::nullopt;
    }
    entry.name = name;
    entry.modified = std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
    entry.nanoseconds = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
    return entry;
}

/// A file in the folder itself whose content is known: the kernel is asked what the name stands
/// for now, and nothing is opened. One part of a name, no link followed, leads nowhere else.
std::optional<opened_entry> look_again(int folder, const detail::small_files& known,
                                       std::string_view name) {
    if (name.find('/') != std::string_view::npos || !known.may_know(name)) return std::nullopt;
    struct stat status{};
    const std::string path(name);
    if (sys::fstatat(folder, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) return std::nullopt;
    auto content = known.find(status);
    auto entry = content ? entry_from(name, status) : std::nullopt;
    if (!entry) return std::nullopt;
    return opened_entry(std::move(content), *std::move(entry));
}

}  // namespace

opened_entry::opened_entry(unique_fd fd, folder_entry about) noexcept
    : fd_(std::move(fd)), about_(std::move(about)) {}

opened_entry::opened_entry(std::shared_ptr<const std::string> content, folder_entry about) noexcept
    : content_(std::move(content)), about_(std::move(about)) {}

std::size_t opened_entry::read_at(std::uint64_t offset, mutable_buffer into) const {
    if (content_) return read_at_now(offset, into);
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto rest = into.without(filled);
        const auto got =
            sys::pread(fd_.get(), rest.data(), rest.size(), static_cast<off_t>(offset + filled));
        if (got < 0) net::fail("read " + quoted(about_.name), got);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

std::size_t opened_entry::read_at_now(std::uint64_t offset, mutable_buffer into) const noexcept {
    if (content_) {
        const const_buffer rest = const_buffer(*content_).without(offset);
        const const_buffer part = rest.first(into.size());
        if (!part.empty()) std::memcpy(into.data(), part.data(), part.size());
        return part.size();
    }
    const auto got =
        sys::pread_cached(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
}

std::string opened_entry::read_all(std::size_t limit) const {
    std::string all(std::min<std::uint64_t>(about_.size, limit) + 1, '\0');
    std::size_t filled = 0;
    while (const std::size_t got = read_at(filled, mutable_buffer(all).without(filled))) {
        filled += got;
        if (filled > limit) net::fail("read " + quoted(about_.name), -EFBIG);
        if (filled == all.size()) all.resize(std::min(2 * all.size(), limit + 1));
    }
    all.resize(filled);
    return all;
}

folder::folder(const std::string& path, const folder_options& options)
    : path_(path), options_(options), known_(std::make_shared<detail::small_files>()) {
    const std::string operation = "serve the folder " + quoted(path);
    fd_ = unique_fd(sys::open(path.c_str(), O_PATH | O_DIRECTORY));
    if (!fd_) net::fail(operation, fd_.get());
    const unique_fd probe(sys::openat2(fd_.get(), ".", O_RDONLY | O_DIRECTORY, beneath));
    if (!probe) net::fail(operation, probe.get());
}

/// Hidden is what has a part that begins with a dot; `.` and `..` are such parts.
bool folder::is_served(std::string_view name) const noexcept {
    if (name.find('\0') != std::string_view::npos) return false;
    if (options_.hidden) return true;
    return !name.starts_with('.') && name.find("/.") == std::string_view::npos;
}

int folder::descend(std::string_view name, int flags, unique_fd& to, patience how) const {
    name = without_slashes(name);
    if (!is_served(name)) return -ENOENT;
    const std::string path(name.empty() ? "." : name);
    int result = -EAGAIN;
    if (how == patience::now) {
        result = sys::openat2(fd_.get(), path.c_str(), flags, beneath | RESOLVE_CACHED);
        // Kernels before 5.12 do not know that flag, and then everything has to wait.
        if (result == -EAGAIN || result == -EINVAL) return -EAGAIN;
    }
    // EAGAIN: something was renamed while the kernel was on its way through `..`.
    for (int attempt = 0; attempt < 16 && result == -EAGAIN; ++attempt)
        result = sys::openat2(fd_.get(), path.c_str(), flags, beneath);
    if (result < 0) return public_error(result);
    to = unique_fd(result);
    return 0;
}

std::optional<opened_entry> folder::try_open(std::string_view name, std::error_code& why) const {
    return look_for(name, patience::waits, why);
}

std::optional<opened_entry> folder::try_open_now(std::string_view name,
                                                 std::error_code& why) const {
    return look_for(name, patience::now, why);
}

std::optional<opened_entry> folder::look_for(std::string_view name, patience how,
                                             std::error_code& why) const {
    why.clear();
    const std::string_view plain = without_slashes(name);
    if (is_served(plain)) {
        if (auto again = look_again(fd_.get(), *known_, plain)) return again;
    }
    unique_fd fd;
    struct stat status{};
    int result = descend(name, O_PATH, fd, how);
    if (result >= 0) result = sys::fstat(fd.get(), &status);
    if (result >= 0) {
        // Opening has effects where it is a pipe or a device. So what it is comes first.
        auto entry = entry_from(plain, status);
        auto content = entry ? known_->find(status) : nullptr;
        const auto by_name = [&](int flags, unique_fd& to) {
            return descend(name, flags, to, how);
        };
        if (entry && !content) {
            result = open_known(fd, status, by_name);
            if (result >= 0) content = known_->learn(status, fd.get());
        }
        if (!entry) result = -ENOENT;
        if (result >= 0) {
            if (content) {
                known_->was_found_by(plain);
                return opened_entry(std::move(content), *std::move(entry));
            }
            return opened_entry(std::move(fd), *std::move(entry));
        }
    }
    why = net::error_from(public_error(result));
    return std::nullopt;
}

opened_entry folder::open(std::string_view name) const {
    std::error_code why;
    if (auto opened = try_open(name, why)) return *std::move(opened);
    net::fail("open " + quoted(name), why.value());
}

place_in_folder::place_in_folder(unique_fd parent, std::string_view name,
                                 std::optional<std::uint32_t> permissions)
    : parent_(std::move(parent)),
      path_(sys::path_of(parent_.get()).data()),
      permissions_(permissions) {
    path_ += '/';
    path_ += name;
}

void place_in_folder::hand_permissions_on(int descriptor) const {
    if (!permissions_) return;
    if (const int result = sys::fchmod(descriptor, *permissions_); result < 0)
        net::fail("keep the permissions of " + quoted(path_), result);
}

place_in_folder folder::place(std::string_view name) const {
    const std::string operation = "make a file " + quoted(name);
    name = without_slashes(name);
    const std::size_t slash = name.rfind('/');
    const bool is_inside = slash != std::string_view::npos;
    const std::string_view parent = is_inside ? name.substr(0, slash) : std::string_view();
    const std::string_view own = is_inside ? name.substr(slash + 1) : name;
    if (own.empty() || own == "." || own == ".." || !is_served(name)) {
        net::fail(operation, -EINVAL);
    }
    unique_fd fd;
    const int result = descend(parent, O_PATH | O_DIRECTORY, fd);
    if (result < 0) net::fail(operation, result);
    struct stat status{};
    const std::string leaf(own);
    const int found = sys::fstatat(fd.get(), leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW);
    if (found < 0 && found != -ENOENT) net::fail(operation, found);
    if (found < 0) return {std::move(fd), own, std::nullopt};
    if (S_ISLNK(status.st_mode)) net::fail(operation, -EEXIST);
    return {std::move(fd), own, status.st_mode & everybodys_bits};
}

std::vector<folder_entry> folder::list(std::string_view name,
                                       const std::function<bool(std::string_view)>& wanted) const {
    const std::string operation = "list " + quoted(name);
    unique_fd fd;
    if (const int result = descend(name, O_RDONLY | O_DIRECTORY, fd); result < 0) {
        net::fail(operation, result);
    }
    const int number = fd.get();
    std::vector<folder_entry> entries;
    const auto add = [&](const dirent& found) {
        const std::string_view each = found.d_name;
        if (each == "." || each == ".." || !is_served(each)) return true;
        if (wanted && !wanted(each)) return true;
        struct stat status{};
        int result = sys::fstatat(number, found.d_name, &status, AT_SYMLINK_NOFOLLOW);
        if (result >= 0 && S_ISLNK(status.st_mode)) {
            unique_fd target;
            const std::string way = std::string(without_slashes(name)) + '/' + found.d_name;
            result = descend(way, O_PATH, target);
            if (result >= 0) result = sys::fstat(target.get(), &status);
        }
        auto entry = result >= 0 ? entry_from(each, status) : std::nullopt;
        if (entry) entries.push_back(*std::move(entry));
        return entries.size() < options_.longest_list;
    };
    if (const int result = sys::read_folder(fd.release(), add); result < 0) {
        net::fail(operation, result);
    }
    std::ranges::sort(entries, {}, &folder_entry::name);
    return entries;
}

}  // namespace zocalo::serve
