// SPDX-License-Identifier: MIT
// The file has no name until it is whole (O_TMPFILE), so that a crash leaves nothing. Linking gives
// it one and never replaces; a replacement is linked beside and renamed. Where the file system
// knows no files without names, it has one of its own from the beginning.
#include "zocalo/io/durable_file.hpp"

#include <optional>
#include <system_error>
#include <utility>

#include "io/backend/file_operation.hpp"

namespace zocalo::io {

namespace {

/// Names beside `path` that nobody else gives; who finds one taken tries the next. A name that has
/// no room for more is not in them.
std::string name_beside(const std::string& path, int attempt) {
    constexpr std::size_t most = 240;
    const std::size_t slash = path.rfind('/');
    const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
    std::string made = path.substr(0, name);
    made += '.';
    if (path.size() - name <= most) made += path.substr(name) + '.';
    made += std::to_string(attempt);
    made += ".tmp";
    return made;
}

constexpr int most_attempts = 10'000;

bool is_taken(const std::system_error& error, int attempt) {
    return error.code() == std::errc::file_exists && attempt + 1 < most_attempts;
}

/// Nothing where the file system cannot.
task<std::optional<file>> try_open_unnamed(std::string folder, std::uint32_t permissions) {
    const file_options how{.writable = true, .unnamed = true, .permissions = permissions};
    try {
        co_return co_await open_file(std::move(folder), how);
    } catch (const std::system_error& error) {
        const bool cannot = error.code() == std::errc::operation_not_supported ||
                            error.code() == std::errc::is_a_directory;
        if (!cannot) throw;
    }
    co_return std::nullopt;
}

/// Nothing when the name is taken.
task<std::optional<file>> try_open_new(std::string name, std::uint32_t permissions, int attempt) {
    const file_options how{
        .writable = true, .create = true, .must_be_new = true, .permissions = permissions};
    try {
        co_return co_await open_file(std::move(name), how);
    } catch (const std::system_error& error) {
        if (!is_taken(error, attempt)) throw;
    }
    co_return std::nullopt;
}

/// False when the name is taken.
task<bool> try_link(file& what, std::string name, int attempt) {
    try {
        co_await what.link(std::move(name));
        co_return true;
    } catch (const std::system_error& error) {
        if (!is_taken(error, attempt)) throw;
    }
    co_return false;
}

}  // namespace

durable_file::durable_file(file made, std::string path, std::string temporary) noexcept
    : writer_(std::move(made)), path_(std::move(path)), temporary_(std::move(temporary)) {}

durable_file::durable_file(durable_file&& other) noexcept
    : writer_(std::move(other.writer_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})) {}

durable_file& durable_file::operator=(durable_file&& other) noexcept {
    if (this == &other) return *this;
    drop();
    writer_ = std::move(other.writer_);
    path_ = std::move(other.path_);
    temporary_ = std::exchange(other.temporary_, {});
    return *this;
}

durable_file::~durable_file() {
    drop();
}

/// At once, for a destructor cannot wait.
void durable_file::drop() noexcept {
    if (contents().is_open() && !temporary_.empty()) contents().made_of()->drop_name(temporary_);
}

task<> durable_file::keep(existing other) {
    co_await flush();
    co_await contents().sync();
    if (other == existing::replace) {
        co_await replace();
    } else {
        co_await contents().link(path_);
        if (!temporary_.empty()) co_await remove_file(temporary_);
        temporary_.clear();
    }
    std::string folder = folder_of(path_);
    co_await sync_folder(std::move(folder));
    co_await contents().close();
}

task<> durable_file::replace() {
    for (int attempt = 0; temporary_.empty(); ++attempt) {
        std::string name = name_beside(path_, attempt);
        const bool linked = co_await try_link(contents(), name, attempt);
        if (linked) temporary_ = std::move(name);
    }
    co_await rename_file(temporary_, path_);
    temporary_.clear();
}

task<durable_file> create_durable_file(std::string path, std::uint32_t permissions) {
    std::string folder = folder_of(path);
    std::optional<file> made = co_await try_open_unnamed(std::move(folder), permissions);
    std::string name;
    for (int attempt = 0; !made; ++attempt) {
        name = name_beside(path, attempt);
        made = co_await try_open_new(name, permissions, attempt);
    }
    co_return durable_file(std::move(*made), std::move(path), std::move(name));
}

}  // namespace zocalo::io
