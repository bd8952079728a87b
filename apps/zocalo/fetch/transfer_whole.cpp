// SPDX-License-Identifier: MIT
// Files that are gone on with, and files in segments.
#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "fetch/file_time.hpp"
#include "fetch/transfer.hpp"
#include "file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/download.hpp"
#include "zocalo/http/range.hpp"

namespace zocalo::program {

namespace fs = std::filesystem;

std::string transfer::whole_path() {
    std::string path = path_for(nullptr);
    if (path.empty() || path == "-")
        throw std::invalid_argument("-C - and --segments need a file: -o FILE or -O");
    std::error_code error;
    const fs::file_status there = fs::status(path, error);
    if (fs::exists(there) && fs::is_symlink(fs::symlink_status(path, error)))
        path = fs::canonical(path).string();  // what the link leads to, not the link
    if (fs::exists(there) && !fs::is_regular_file(there))
        throw std::invalid_argument(quoted(path) + " is no file for -C - and --segments");
    make_folder_of(path);
    return path;
}

io::task<> transfer::fetch_whole() {
    const std::string path = whole_path();
    std::error_code error;
    const fs::file_status before = fs::status(path, error);
    http::download_options how;
    how.resume = request_.continue_at == "-";
    if (how.resume && fs::exists(before)) how.begun = written_at(path);
    how.segments = request_.segments;
    how.attempts = static_cast<unsigned>(std::min<std::size_t>(request_.retries, 1000));
    how.rate = rate_.get();
    bool is_first = true;
    how.progress = [this, &is_first](std::uint64_t have, http::content_size of) {
        if (std::exchange(is_first, false)) meter_.before = have;
        meter_.done = have;
        meter_.whole = of;
    };
    report_.path = path;
    http::request asked = make_request();
    watch(asked);
    io::task<http::downloaded> downloading =
        http::download(with_.http(), std::move(asked), path, std::move(how));
    const http::downloaded made = co_await std::move(downloading);
    if (fs::exists(before)) fs::permissions(path, before.permissions() & fs::perms::mask, error);
    report_.url = made.url;
    report_.status = number(made.head.status);
    report_.type = made.head.fields.get("Content-Type");
    report_.hops = made.hops;
    tell(report_.hops);
    report_.size = made.size - made.resumed_at;
    if (request_.remote_time) keep_time(made.head.fields);
}

/// Whether content comes that goes on at -C OFFSET. All there is may be before that.
bool transfer::is_rest_there(const http::response_stream& answer) const {
    const auto range = http::content_range::try_parse(answer.fields().get("Content-Range"));
    if (answer.status() == http::status::range_not_satisfiable && range && range->size == offset_)
        return false;
    if (is_error(answer.status())) throw http::error_response(answer.status(), answer.url());
    const bool is_part = answer.status() == http::status::partial_content;
    const bool is_rest = is_part && range && range->part && range->part->first == offset_;
    if (!is_rest && offset_ != 0) {
        throw protocol_error(answer.url() + ": the server has not sent what comes behind byte " +
                             std::to_string(*offset_));
    }
    return true;
}

}  // namespace zocalo::program
