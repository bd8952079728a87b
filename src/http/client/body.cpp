// SPDX-License-Identifier: MIT
#include "zocalo/http/body.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/client/body_parts.hpp"
#include "zocalo/io/file.hpp"

namespace zocalo::http {

namespace {

constexpr std::size_t piece_size = std::size_t{64} * 1024;

/// A file that has become shorter than it was is a logic_error of the engine: less than was said.
io::task<> copy_file(std::string path, std::uint64_t size, body_writer& to) {
    io::task<io::file> opening = io::open_file(std::move(path));
    io::file from = co_await std::move(opening);
    std::string room(static_cast<std::size_t>(std::min<std::uint64_t>(size, piece_size)), '\0');
    while (size != 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, room.size()));
        io::task<std::size_t> reading = from.read(mutable_buffer(room.data(), wanted));
        const std::size_t got = co_await std::move(reading);
        if (got == 0) throw std::runtime_error(from.path() + " has become shorter");
        io::task<> writing = to.write(const_buffer(room.data(), got));
        co_await std::move(writing);
        size -= got;
    }
}

io::task<content_size> size_of(std::string path) {
    io::task<io::file> opening = io::open_file(std::move(path));
    io::file from = co_await std::move(opening);
    io::task<std::uint64_t> asking = from.size();
    const std::uint64_t size = co_await std::move(asking);
    co_return size;
}

std::string name_in(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

io::task<content_size> known(content_size size) {
    co_return size;
}

}  // namespace

body body::json(std::string text) {
    return {std::move(text), "application/json"};
}

body body::form(const url::fields& fields) {
    return {url::urlencode(fields), "application/x-www-form-urlencoded"};
}

body body::file(std::string path, std::string type) {
    body made({}, std::move(type));
    made.path_ = std::move(path);
    made.size_.reset();
    return made;
}

body body::stream(producer from, content_size size, std::string type, again how) {
    body made({}, std::move(type));
    made.from_ = std::move(from);
    made.size_ = size;
    made.is_repeatable_ = how == again::repeatable;
    return made;
}

body body::multipart(std::vector<body_part> parts) {
    for (body_part& each : parts) {
        const std::string& path = each.content.path_;
        if (!each.file_name && !path.empty()) each.file_name = name_in(path);
    }
    const auto are_repeatable = std::ranges::all_of(
        parts, [](const body_part& each) { return each.content.is_repeatable_; });
    body made;
    made.parts_ = std::make_shared<const detail::body_parts>(std::move(parts));
    made.type_ = made.parts_->type();
    made.is_repeatable_ = are_repeatable;
    return made;
}

io::task<content_size> body::size() const {
    if (parts_) return parts_->size();
    return path_.empty() ? known(size_) : size_of(path_);
}

io::task<> body::write_to(body_writer& to, content_size size) const {
    if (from_) return from_(to);
    if (parts_) return parts_->write_to(to, size);
    if (!path_.empty()) return copy_file(path_, size.value_or(0), to);
    return to.write(bytes_);
}

}  // namespace zocalo::http
