// SPDX-License-Identifier: MIT
// An operation of a backend moves what it can; the loops around them are here. A hook that makes
// operations fail is asked about each.
#include "zocalo/io/file.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string_view>

#include "io/backend/file_operation.hpp"
#include "io/fault_injector.hpp"
#include "net/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::io {

namespace {

using operation = detail::awaitable<detail::file_operation>;
using request = detail::file_operation::request;

/// What an operation is called in messages, and by hooks.
struct naming {
    const char* verb;
    operation_kind kind;
};

naming name_of(request which) noexcept {
    switch (which) {
        case request::open:
            return {"open", operation_kind::open_file};
        case request::read:
            return {"read", operation_kind::read_file};
        case request::write:
            return {"write", operation_kind::write_file};
        case request::begin_sync:
            return {"begin to sync", operation_kind::sync_file};
        case request::sync:
            return {"sync", operation_kind::sync_file};
        case request::size:
            return {"ask for the size of", operation_kind::manage_file};
        case request::truncate:
            return {"truncate", operation_kind::manage_file};
        case request::link:
            return {"link", operation_kind::manage_file};
        case request::close:
            return {"close", operation_kind::manage_file};
        case request::rename:
            return {"rename", operation_kind::manage_file};
        case request::remove:
            return {"remove", operation_kind::manage_file};
    }
    return {"use", operation_kind::manage_file};
}

void check(request which, const std::string& path, long result) {
    if (result < 0) net::fail(std::string(name_of(which).verb) + ' ' + quoted(path), result);
}

/// A path that the kernel would read differently than we do.
void check_path(request which, const std::string& path) {
    if (path.find('\0') == std::string::npos) return;
    throw std::invalid_argument(std::string(name_of(which).verb) + ": a NUL in " + quoted(path));
}

/// Refuses places that the kernel would take for something else.
void check_place(request which, const std::string& path, std::uint64_t offset, std::size_t size) {
    if (offset > INT64_MAX || size > INT64_MAX - offset) check(which, path, -EFBIG);
}

/// Does it, and throws when it failed. What is moved may be less than was asked for.
task<> done(operation& what, const std::string& path) {
    const naming name = name_of(what.wanted);
    const std::size_t most = co_await detail::go_wrong_with_file(name.kind, name.verb, path);
    what.size = std::min(what.size, most);
    co_await what;
    check(what.wanted, path, what.result);
}

/// The same with an open file.
task<> done_on(operation& what, const std::string& path) {
    if (what.file == nullptr) check(what.wanted, path, -EBADF);
    co_await done(what, path);
}

}  // namespace

file::file() noexcept = default;

file::file(std::string path, std::unique_ptr<detail::opened_file> made_of) noexcept
    : made_of_(std::move(made_of)), path_(std::move(path)) {}

file::file(file&& other) noexcept
    : made_of_(std::move(other.made_of_)),
      path_(std::move(other.path_)),
      position_(other.position_) {}

file& file::operator=(file&& other) noexcept {
    made_of_ = std::move(other.made_of_);
    path_ = std::move(other.path_);
    position_ = other.position_;
    return *this;
}

file::~file() = default;

int file::fileno() const noexcept {
    return made_of_ == nullptr ? -1 : made_of_->fileno();
}

task<std::size_t> file::read_at(std::uint64_t offset, mutable_buffer into) {
    check_place(request::read, path_, offset, into.size());
    std::size_t filled = 0;
    while (filled < into.size()) {
        operation part(request::read, made_of_.get());
        part.offset = offset + filled;
        part.data = into.data() + filled;
        part.size = into.size() - filled;
        co_await done_on(part, path_);
        if (part.result == 0) break;
        filled += static_cast<std::size_t>(part.result);
    }
    co_return filled;
}

task<> file::write_at(std::uint64_t offset, const_buffer data) {
    check_place(request::write, path_, offset, data.size());
    while (!data.empty()) {
        operation part(request::write, made_of_.get());
        part.offset = offset;
        part.data = const_cast<std::byte*>(data.data());  // NOLINT: it is only read
        part.size = data.size();
        co_await done_on(part, path_);
        check(request::write, path_, part.result == 0 ? -EIO : 0);
        offset += static_cast<std::uint64_t>(part.result);
        data = data.without(static_cast<std::size_t>(part.result));
    }
}

task<std::size_t> file::read(mutable_buffer into) {
    const std::size_t got = co_await read_at(position_, into);
    position_ += got;
    co_return got;
}

task<> file::write(const_buffer data) {
    co_await write_at(position_, data);
    position_ += data.size();
}

task<std::uint64_t> file::size() {
    operation asking(request::size, made_of_.get());
    co_await done_on(asking, path_);
    co_return asking.value;
}

task<> file::truncate(std::uint64_t size) {
    check_place(request::truncate, path_, size, 0);
    operation cutting(request::truncate, made_of_.get());
    cutting.offset = size;
    co_await done_on(cutting, path_);
}

task<> file::begin_sync(std::uint64_t offset, std::uint64_t size) {
    check_place(request::begin_sync, path_, offset, size);
    operation hint(request::begin_sync, made_of_.get());
    hint.offset = offset;
    hint.size = size;
    check(request::begin_sync, path_, made_of_ == nullptr ? -EBADF : 0);
    const naming name = name_of(request::begin_sync);
    (void)co_await detail::go_wrong_with_file(name.kind, name.verb, path_);
    co_await hint;  // what could not be written is sync()'s to say
}

task<> file::sync() {
    operation syncing(request::sync, made_of_.get());
    co_await done_on(syncing, path_);
}

task<> file::link(std::string path) {
    check_path(request::link, path);
    operation linking(request::link, made_of_.get());
    linking.target = path.c_str();
    co_await done_on(linking, path);
}

namespace {

/// A close that was done has given the descriptor up, also when it failed.
class end_of_close {
 public:
    end_of_close(const operation& closing, std::unique_ptr<detail::opened_file>& made_of) noexcept
        : closing_(closing), made_of_(made_of) {}
    end_of_close(const end_of_close&) = delete;
    end_of_close& operator=(const end_of_close&) = delete;
    ~end_of_close() {
        const bool has_begun = closing_.now != operation::state::idle;
        if (has_begun && closing_.result != -ECANCELED) made_of_.reset();
    }

 private:
    const operation& closing_;
    std::unique_ptr<detail::opened_file>& made_of_;
};

}  // namespace

task<> file::close() {
    operation closing(request::close, made_of_.get());
    const end_of_close at_the_end(closing, made_of_);
    co_await done_on(closing, path_);
}

task<file> open_file(std::string path, file_options options) {
    check_path(request::open, path);
    operation opening(request::open);
    opening.path = path.c_str();
    opening.options = options;
    co_await done(opening, path);
    co_return file(std::move(path), std::move(opening.made));
}

task<std::string> read_file(std::string path, std::size_t limit) {
    file from = co_await open_file(path);
    std::string all;
    std::size_t got = 0;
    do {
        if (all.size() > limit) check(request::read, path, -EFBIG);
        const std::size_t before = all.size();
        all.resize(before + std::min(limit - before + 1, detail::chunk_size));
        const mutable_buffer room = mutable_buffer(all).without(before);
        got = co_await from.read(room);
        all.resize(before + got);
    } while (got > 0);
    co_return all;
}

task<> rename_file(std::string from, std::string to) {
    check_path(request::rename, from);
    check_path(request::rename, to);
    operation renaming(request::rename);
    renaming.path = from.c_str();
    renaming.target = to.c_str();
    co_await done(renaming, from);
}

task<> remove_file(std::string path) {
    check_path(request::remove, path);
    operation removing(request::remove);
    removing.path = path.c_str();
    co_await done(removing, path);
}

task<> sync_folder(std::string path) {
    file folder = co_await open_file(std::move(path));
    co_await folder.sync();
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace zocalo::io
