// SPDX-License-Identifier: MIT
// RFC 8089. What is opened is looked at once it is open, so nobody can put something else in its
// place in between.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "net/fail.hpp"
#include "opener/handlers.hpp"
#include "sys/file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/media_types.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/serve/folder.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::url::detail {

namespace {

constexpr std::size_t piece_size = std::size_t{64} * 1024;

std::string path_of(const uri& url) {
    const auto refuse = [&](std::string_view why) {
        return std::invalid_argument(url.to_string() + ": " + std::string(why));
    };
    const bool is_local = url.host().empty() || lower(url.host()) == "localhost";
    if (!is_local || url.user_info() || url.port()) throw refuse("files are of this machine only");
    if (url.query()) throw refuse("a file has no query; a ? in its name is %3F");
    auto path = try_unquote(url.path());
    if (!path || path->find('\0') != std::string::npos || !path->starts_with('/'))
        throw refuse("no path of a file");
    // A slash that is escaped would be none for whoever has checked the URL, and one here.
    if (std::ranges::count(*path, '/') != std::ranges::count(url.path(), '/'))
        throw refuse("a name cannot have a slash in it");
    return *std::move(path);
}

/// What is known of an open file.
struct facts {
    bool is_folder = false;
    std::optional<std::chrono::sys_seconds> modified = {};
};

/// In a simulated network there are files only, and no times.
facts facts_of(const io::file& file) {
    if (file.fileno() < 0) return {};
    struct stat status{};
    const int result = sys::fstat(file.fileno(), &status);
    if (result < 0) net::fail("look at " + quoted(file.path()), result);
    const bool is_folder = S_ISDIR(status.st_mode);
    if (!is_folder && !S_ISREG(status.st_mode))
        net::fail("open " + quoted(file.path()) + ", which is no file and no folder", EINVAL);
    return {is_folder, std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec))};
}

class file_source final : public content_source {
 public:
    /// `size`: 0 when it is not known, as of those that the kernel makes up.
    file_source(io::file from, std::uint64_t size) : from_(std::move(from)), size_(size) {}

    io::task<const_buffer> read() override {
        bytes_.resize(piece_size);
        io::task<std::size_t> reading = from_.read(bytes_);
        const std::size_t got = co_await std::move(reading);
        bytes_.resize(got);
        check(got);
        co_return bytes_;
    }

 private:
    void check(std::size_t got) const {
        if (got == 0 && from_.position() < size_)
            throw protocol_error(quoted(from_.path()) + " became shorter while it was read");
    }

    io::file from_;
    std::uint64_t size_;
    std::string bytes_;
};

/// RFC 2483 §5: a URL in each line, so whatever a name is, it stays one.
std::string list_of(const std::string& path, std::size_t most) {
    const serve::folder folder(path, {.hidden = true, .longest_list = most + 1});
    const auto entries = folder.list({});
    if (entries.size() > most)
        net::fail("list " + quoted(path) + ": more than " + std::to_string(most), EOVERFLOW);
    std::string base = "file://" + quote(path);
    if (!base.ends_with('/')) base += '/';
    std::string list;
    for (const serve::folder_entry& each : entries) {
        list += base;
        list += quote(each.name, "");
        list += each.is_folder() ? "/\r\n" : "\r\n";
    }
    return list;
}

opened list_answer(const std::string& url, std::string list) {
    opened answer(url, std::move(list));
    answer.fields().add("Content-Type", "text/uri-list");
    return answer;
}

opened file_answer(const std::string& url, io::file file, std::uint64_t size) {
    const http::guessed_type guessed = http::media_types().guess(file.path());
    const bool is_plain = !guessed.type.empty() && guessed.coding.empty();
    auto from = std::make_unique<file_source>(std::move(file), size);
    opened answer(url, std::move(from), size == 0 ? http::content_size() : size);
    answer.fields().add("Content-Type", is_plain ? guessed.type : "application/octet-stream");
    return answer;
}

}  // namespace

io::task<opened> open_file(http::request what, std::size_t names) {
    require_plain(what, "file");
    const uri url = uri::parse(what.url).without_fragment();
    const std::string path = path_of(url);
    const std::string name = url.to_string();
    io::task<io::file> opening = io::open_file(path);
    io::file file = co_await std::move(opening);
    const facts known = facts_of(file);
    if (known.is_folder) {
        const auto listing = [&path, names] { return list_of(path, names); };
        io::task<std::string> making = io::spawn_blocking(listing);
        std::string list = co_await std::move(making);
        co_return head_or_all(what, list_answer(name, std::move(list)));
    }
    io::task<std::uint64_t> asking = file.size();
    const std::uint64_t size = co_await std::move(asking);
    opened answer = file_answer(name, std::move(file), size);
    if (known.modified) answer.fields().add("Last-Modified", http::date_text(*known.modified));
    co_return head_or_all(what, std::move(answer));
}

}  // namespace zocalo::url::detail
