// SPDX-License-Identifier: MIT
// The file says how much there is, and `.version` beside it of which version. A part whose version
// nobody knows is never gone on with.
#include "zocalo/http/download.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::size_t longest_version = 4096;

/// What If-Range may have: a strong ETag, or the date (RFC 9110 §13.1.5). Empty when there is
/// neither.
std::string version_of(const response_head& head) {
    const std::string_view tag = head.fields.get("ETag");
    if (tag.starts_with('"')) return std::string(tag);
    return std::string(head.fields.get("Last-Modified"));
}

class downloading {
 public:
    downloading(client& by, request what, std::string path, download_options options)
        : by_(by), what_(std::move(what)), path_(std::move(path)), options_(std::move(options)) {
        if (what_.method != method::get || what_.fields.contains("Range"))
            throw std::invalid_argument("download: only the whole of a GET");
        if (!what_.fields.contains("Accept-Encoding"))
            what_.fields.set("Accept-Encoding", "identity");
    }

    io::task<downloaded> run() {
        io::task<> beginning = open_part();
        co_await std::move(beginning);
        made_.resumed_at = have_;
        for (unsigned failures = 0; !is_whole_;) {
            const std::uint64_t before = have_;
            std::exception_ptr error;
            try {
                io::task<> fetching = fetch();
                co_await std::move(fetching);
            } catch (const net::stopped&) {
                throw;
            } catch (const std::system_error&) {
                error = std::current_exception();
            } catch (const protocol_error&) {
                error = std::current_exception();
            }
            if (is_whole_) break;
            failures = have_ > before ? 0 : failures + 1;
            if (error && (is_wrong_ || failures > options_.attempts)) std::rethrow_exception(error);
            co_await io::sleep(first_pause * (1U << std::min(failures, 6U)));
        }
        io::task<> ending = finish();
        co_await std::move(ending);
        co_return std::move(made_);
    }

 private:
    [[nodiscard]] std::string part() const { return path_ + ".part"; }
    [[nodiscard]] std::string version_file() const { return path_ + ".part.version"; }

    io::task<> open_part() {
        if (options_.resume) {
            try {
                io::task<std::string> reading = io::read_file(version_file(), longest_version);
                version_ = co_await std::move(reading);
            } catch (const net::stopped&) {
                throw;
            } catch (const std::system_error&) {
                version_.clear();  // there is none
            }
        }
        io::file_options how;
        how.writable = how.create = true;
        how.empty = version_.empty();
        io::task<io::file> opening = io::open_file(part(), how);
        file_ = co_await std::move(opening);
        io::task<std::uint64_t> measuring = file_.size();
        have_ = co_await std::move(measuring);
    }

    /// One request, and as much of its content as comes.
    io::task<> fetch() {
        request now = what_;
        if (have_ != 0 && !version_.empty()) {
            now.fields.set("Range", "bytes=" + std::to_string(have_) + "-");
            now.fields.set("If-Range", version_);
        }
        io::task<response_stream> asking = by_.open(std::move(now));
        response_stream answer = co_await std::move(asking);
        made_.head = answer.head();
        made_.url = answer.url();
        made_.hops = answer.hops();
        io::task<bool> beginning = begin(answer);
        const bool has_more = co_await std::move(beginning);
        while (has_more && !is_whole_) {
            io::task<const_buffer> reading = answer.read();
            const const_buffer piece = co_await std::move(reading);
            if (piece.empty()) {
                end_of_content();
                break;
            }
            io::task<> writing = file_.write_at(have_, piece);
            co_await std::move(writing);
            have_ += piece.size();
            if (options_.progress) options_.progress(have_, size_);
        }
    }

    /// Whether content comes that goes behind what is there.
    io::task<bool> begin(const response_stream& answer) {
        const auto range = content_range::try_parse(answer.fields().get("Content-Range"));
        if (answer.status() == status::partial_content) {
            const bool is_next = range && range->part && range->part->first == have_ && have_ != 0;
            if (!is_next) refuse("sends another part than it was asked for");
            if (size_ && range->size && size_ != range->size) refuse("has another size now");
            if (range->size) size_ = range->size;
            co_return true;
        }
        const bool has_it_all = have_ != 0 && range && range->size == have_;
        if (answer.status() == status::range_not_satisfiable && has_it_all) {
            is_whole_ = true;
            co_return false;
        }
        const bool is_behind = answer.status() == status::range_not_satisfiable && have_ != 0;
        if (!is_behind && answer.status() != status::ok) {
            is_wrong_ = true;
            throw error_response(answer.status(), answer.url());
        }
        io::task<> anew = start_anew(is_behind ? std::string() : version_of(answer.head()));
        co_await std::move(anew);
        size_ = is_behind ? content_size() : answer.size();
        co_return !is_behind;
    }

    io::task<> start_anew(std::string version) {
        have_ = made_.resumed_at = 0;
        io::task<> cutting = file_.truncate(0);
        co_await std::move(cutting);
        version_ = std::move(version);
        io::file_options how;
        how.writable = how.create = how.empty = true;
        io::task<io::file> opening = io::open_file(version_file(), how);
        io::file note = co_await std::move(opening);
        io::task<> writing = note.write(version_);
        co_await std::move(writing);
    }

    void end_of_content() {
        if (size_ && have_ != *size_) refuse("ends at another place than it said");
        is_whole_ = true;
    }

    io::task<> finish() {
        io::task<> next = file_.sync();
        co_await std::move(next);
        next = file_.close();
        co_await std::move(next);
        next = io::rename_file(part(), path_);
        co_await std::move(next);
        next = io::sync_folder(io::folder_of(path_));
        co_await std::move(next);
        made_.size = have_;
        try {
            next = io::remove_file(version_file());
            co_await std::move(next);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            made_.size = have_;  // there was none
        }
    }

    [[noreturn]] void refuse(const char* why) {
        is_wrong_ = true;
        throw protocol_error(made_.url + ": the server " + why);
    }

    client& by_;
    request what_;
    const std::string path_;
    const download_options options_;
    downloaded made_;
    io::file file_;
    std::string version_;     ///< of what is in the file; empty: not known
    std::uint64_t have_ = 0;  ///< bytes in the file
    content_size size_;       ///< of all of it
    bool is_whole_ = false;
    bool is_wrong_ = false;  ///< another try would bring the same
};

}  // namespace

io::task<downloaded> download(client& by, request what, std::string path,
                              download_options options) {
    downloading one(by, std::move(what), std::move(path), std::move(options));
    io::task<downloaded> running = one.run();
    downloaded made = co_await std::move(running);
    co_return made;
}

}  // namespace zocalo::http
