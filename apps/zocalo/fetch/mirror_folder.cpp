// SPDX-License-Identifier: MIT
#include "fetch/mirror_folder.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(std::error_code why, const std::string& path) {
    throw file_error(why, "write " + quoted(path));
}

/// Of an open file, which has no name yet. It is no harm where that cannot be.
void set_modified(int descriptor, std::chrono::sys_seconds when) {
    std::error_code error;
    const fs::path path = "/proc/self/fd/" + std::to_string(descriptor);
    fs::last_write_time(path, std::chrono::file_clock::from_sys(when), error);
}

/// No list in braces in a coroutine: GCC 12.
mirrored_file together(serve::place_in_folder place, io::durable_file file, std::string path) {
    return {std::move(place), std::move(file), std::move(path)};
}

serve::folder open_folder(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) throw file_error(error, "make the folder " + quoted(path));
    serve::folder_options how;
    how.hidden = true;
    return serve::folder(path, how);
}

}  // namespace

mirror_folder::mirror_folder(const std::string& path) : folder_(open_folder(path)) {}

/// One after the other, for nothing may be made where a link leads to.
void mirror_folder::make_folders_of(const std::string& name) const {
    const fs::path parents = fs::path(name).parent_path();
    fs::path made = path();
    std::error_code error;
    for (const fs::path& each : parents) {
        made /= each;
        const fs::file_status there = fs::symlink_status(made, error);
        if (fs::is_directory(there)) continue;
        if (fs::exists(there)) refuse(std::make_error_code(std::errc::not_a_directory), made);
        if (!fs::create_directory(made, error) && error) refuse(error, made);
    }
}

serve::place_in_folder mirror_folder::place(const std::string& name) const {
    const fs::path whole = fs::path(path()) / name;
    try {
        make_folders_of(name);
        std::error_code error;
        if (fs::is_directory(fs::symlink_status(whole, error)))
            refuse(std::make_error_code(std::errc::is_a_directory), whole);
        return folder_.place(name);
    } catch (const file_error&) {
        throw;
    } catch (const std::system_error& error) {
        refuse(error.code(), whole);
    }
}

io::task<mirrored_file> mirror_folder::begin(std::string name) const {
    const auto look = [this, &name] { return place(name); };
    serve::place_in_folder where = co_await io::spawn_blocking(look);
    const std::uint32_t at_first = where.permissions() ? 0600 : 0666;
    std::string path = (fs::path(folder_.path()) / name).string();
    std::error_code why;
    try {
        io::task<io::durable_file> making = io::create_durable_file(where.path(), at_first);
        io::durable_file made = co_await std::move(making);
        if (where.permissions()) where.hand_permissions_on(made.contents().fileno());
        co_return together(std::move(where), std::move(made), std::move(path));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        why = error.code();
    }
    throw file_error(why, "write " + quoted(path));
}

io::task<> mirror_folder::keep(mirrored_file& what,
                               std::optional<std::chrono::sys_seconds> modified) {
    std::error_code why;
    try {
        io::task<> flushing = what.file.flush();
        co_await std::move(flushing);
        if (modified) set_modified(what.file.contents().fileno(), *modified);
        io::task<> keeping = what.file.keep(io::existing::replace);
        co_await std::move(keeping);
        co_return;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        why = error.code();
    }
    throw file_error(why, "write " + quoted(what.path));
}

std::optional<std::chrono::sys_seconds> mirror_folder::modified(const std::string& name) const {
    std::error_code why;
    const auto found = folder_.try_open(name, why);
    if (!found || found->about().is_folder()) return std::nullopt;
    return found->about().modified;
}

std::optional<std::string> mirror_folder::text(const std::string& name, std::size_t most) const {
    std::error_code why;
    const auto found = folder_.try_open(name, why);
    if (!found || found->about().is_folder() || found->about().size > most) return std::nullopt;
    try {
        return found->read_all(most);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

}  // namespace zocalo::program
