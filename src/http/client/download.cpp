// SPDX-License-Identifier: MIT
// One stream begins. When it turns out that there are ranges to be had, what is missing becomes
// segments: the stream goes on with the first one, helpers fetch the others. A helper is never
// needed: what it cannot fetch is there for the others, and a stream whose segment is at its end
// goes on with the next one when nobody has begun that.
#include "zocalo/http/download.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/client/asked_part.hpp"
#include "http/client/file_version.hpp"
#include "http/client/part_file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/bandwidth.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

using detail::is_of_another;
using detail::version_of;

constexpr std::chrono::milliseconds first_pause{500};
constexpr unsigned most_restarts = 10;
constexpr std::chrono::seconds longest_settling{2};

/// The server has another version now, or no ranges any more: what is there is of no use.
struct version_changed {};

/// Whoever helps gets no part from this server.
struct no_help {};

bool has_ranges(const response_head& head) {
    return head.status == status::partial_content || head.fields.get("Accept-Ranges") == "bytes";
}

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

class downloading {
 public:
    downloading(client& by, request what, std::string path, download_options options)
        : by_(by), what_(std::move(what)), part_(std::move(path)), options_(std::move(options)) {
        if (what_.method != method::get || what_.fields.contains("Range"))
            throw std::invalid_argument("download: only the whole of a GET");
        if (!what_.fields.contains("Accept-Encoding"))
            what_.fields.set("Accept-Encoding", "identity");
    }

    /// What is broken off is noted first, so that a later call goes on there.
    io::task<downloaded> run() {
        std::exception_ptr error;
        try {
            io::task<downloaded> fetching = fetch_whole();
            downloaded made = co_await std::move(fetching);
            co_return made;
        } catch (...) {
            error = std::current_exception();
        }
        try {
            io::task<> settling = io::shield(longest_settling, part_.settle());
            co_await std::move(settling);
        } catch (const std::exception&) {
            std::rethrow_exception(error);  // an older note will do
        }
        std::rethrow_exception(error);
    }

 private:
    enum class role : bool { first, helper };

    io::task<downloaded> fetch_whole() {
        io::task<> next = open();
        co_await std::move(next);
        made_.resumed_at = part_.have();
        while (!is_whole_) {
            next = fetch_all();
            co_await std::move(next);
            if (!has_changed_) continue;
            next = begin_anew({});
            co_await std::move(next);
        }
        made_.size = part_.have();
        if (part_.is_begun()) co_return std::move(made_);  // it was whole before
        next = part_.finish();
        co_await std::move(next);
        co_return std::move(made_);
    }

    io::task<> open() {
        if (options_.begun) {
            io::task<> beginning = part_.open_begun();
            co_await std::move(beginning);
        }
        if (part_.is_begun()) co_return;
        io::task<> opening = part_.open(options_.resume);
        co_await std::move(opening);
        if (part_.is_split()) size_ = part_.size();
    }

    /// Until everything is there, or has changed.
    io::task<> fetch_all() {
        io::scope running;
        running_ = &running;
        has_changed_ = false;
        for (segment& each : part_.segments())
            each.is_taken = false;
        try {
            io::task<> working = work(role::first);
            auto first = io::any(running.run(std::move(working)), part_.keep_notes());
            co_await std::move(first);
        } catch (const version_changed&) {
            has_changed_ = true;
        }
        if (part_.is_split() && !has_changed_ && part_.have() == part_.size()) is_whole_ = true;
    }

    io::task<> work(role as) {
        for (unsigned failures = 0; !is_whole_;) {
            segment* const mine = take();
            if (mine == nullptr) co_return;
            const std::uint64_t before = mine->next;
            std::exception_ptr error;
            bool is_refused = false;
            try {
                io::task<> fetching = fetch(*mine, as);
                co_await std::move(fetching);
            } catch (const net::stopped&) {
                throw;
            } catch (const std::system_error&) {
                error = std::current_exception();
            } catch (const detail::wrong_part&) {
                error = std::current_exception();
                is_wrong_ = true;
            } catch (const protocol_error&) {
                error = std::current_exception();
            } catch (const no_help&) {
                is_refused = true;
            }
            mine->is_taken = false;
            may_share_ = may_share_ && !is_refused;
            if (is_refused) co_return;
            if (is_whole_ || mine->is_done()) continue;
            failures = mine->next > before ? 0 : failures + 1;
            const bool is_enough = failures > options_.attempts;
            if (error && (is_wrong_ || (is_enough && as == role::first)))
                std::rethrow_exception(error);
            if (is_enough && as == role::helper) co_return;
            co_await io::sleep(first_pause * (1U << std::min(failures, 6U)));
        }
    }

    segment* take() {
        for (segment& each : part_.segments()) {
            if (each.is_taken || each.is_done()) continue;
            each.is_taken = true;
            return &each;
        }
        return nullptr;
    }

    [[nodiscard]] request request_for(const segment& mine) const {
        request asked = what_;
        if (!has_asked_part()) return asked;
        if (part_.is_begun()) {
            asked.fields.set("If-Unmodified-Since", date_text(*options_.begun));
        } else {
            asked.fields.set("If-Range", part_.version());
        }
        std::string range = "bytes=" + std::to_string(mine.next) + '-';
        if (part_.is_split()) range += std::to_string(mine.end - 1);
        asked.fields.set("Range", range);
        return asked;
    }

    /// One request, and as much of its content as comes.
    io::task<> fetch(segment& mine, role as) {
        io::task<response_stream> asking = by_.open(request_for(mine));
        response_stream answer = co_await std::move(asking);
        reach of{.end = segment::unknown};
        if (as == role::helper) {
            of = begin_to_help(mine, answer);
        } else {
            io::task<reach> beginning = begin(mine, answer);
            of = co_await std::move(beginning);
        }
        while (of.has_content) {
            // What comes beyond a segment is somebody else's, as a rule.
            if (mine.is_done() && mine.end < of.end && !part_.merge(mine)) co_return;
            io::task<const_buffer> reading = answer.read();
            const const_buffer piece = co_await std::move(reading);
            if (piece.empty()) break;
            io::task<> keeping = keep(mine, piece, of);
            co_await std::move(keeping);
        }
        if (of.has_content) end_of_content();
    }

    /// Where a response's content ends in the file.
    struct reach {
        std::uint64_t end;
        bool has_content = true;
    };

    io::task<> keep(segment& mine, const_buffer piece, reach of) {
        while (!piece.empty()) {
            if (mine.is_done() && mine.end == of.end) refuse("sends more than it said");
            if (mine.is_done() && !part_.merge(mine)) co_return;
            std::uint64_t most = std::min<std::uint64_t>(mine.end - mine.next, piece.size());
            if (options_.rate != nullptr) {
                most = std::min<std::uint64_t>(most, options_.rate->burst());
                io::task<> waiting = options_.rate->wait();
                co_await std::move(waiting);
            }
            const const_buffer part = piece.first(static_cast<std::size_t>(most));
            io::task<> writing = part_.write(mine, part);
            co_await std::move(writing);
            if (options_.rate != nullptr) options_.rate->charge(part.size());
            if (options_.progress) options_.progress(part_.have(), size_);
            piece = piece.without(part.size());
        }
    }

    /// Looks at the head of what came for whoever is first, or alone.
    io::task<reach> begin(segment& mine, const response_stream& answer) {
        made_.head = answer.head();
        made_.url = answer.url();
        made_.hops = answer.hops();
        if (answer.status() == status::partial_content) {
            io::task<reach> going_on = go_on(mine, answer);
            const reach of = co_await std::move(going_on);
            co_return of;
        }
        if (answer.status() == status::range_not_satisfiable && is_whole_already(answer)) {
            is_whole_ = true;
            co_return reach{.end = 0, .has_content = false};
        }
        if (part_.is_begun()) refuse_begun(answer.status());
        const bool is_behind = answer.status() == status::range_not_satisfiable && has_asked_part();
        if (!is_behind && answer.status() != status::ok) {
            is_wrong_ = true;
            throw error_response(answer.status(), answer.url());
        }
        if (part_.is_split()) {
            may_share_ = may_share_ && version_of(answer.head()) != part_.version();
            throw version_changed();
        }
        io::task<> anew = begin_anew(is_behind ? std::string() : version_of(answer.head()));
        co_await std::move(anew);
        if (is_behind) co_return reach{.end = 0, .has_content = false};
        size_ = answer.size();
        mine.end = size_.value_or(segment::unknown);
        const reach of{.end = mine.end};
        io::task<> sharing = share(answer.head());
        co_await std::move(sharing);
        co_return of;
    }

    /// With what is there.
    io::task<reach> go_on(segment& mine, const response_stream& answer) {
        const content_range range = check_part(mine, answer);
        if (part_.is_begun()) {
            const auto date = parse_date(answer.fields().get("Last-Modified"), now());
            if (!date || *date > *options_.begun) refuse_begun(status::precondition_failed);
            io::task<> adopting = part_.adopt(version_of(answer.head()));
            co_await std::move(adopting);
        }
        const reach of{.end = range.size ? range.part->last + 1 : mine.end};
        if (range.size) size_ = range.size;
        if (!part_.is_split()) mine.end = size_.value_or(segment::unknown);
        io::task<> sharing = share(answer.head());
        co_await std::move(sharing);
        co_return of;
    }

    reach begin_to_help(const segment& mine, const response_stream& answer) {
        if (answer.status() == status::partial_content) {
            (void)check_part(mine, answer);
            return {.end = mine.end};
        }
        const bool is_another = version_of(answer.head()) != part_.version() ||
                                (answer.size() && answer.size() != size_);
        if (answer.status() == status::ok && is_another) throw version_changed();
        throw no_help();
    }

    /// A part that is not the one that was asked for would be a file that nobody has sent.
    content_range check_part(const segment& mine, const response_stream& answer) {
        const auto range = content_range::try_parse(answer.fields().get("Content-Range"));
        if (!has_asked_part() || !range || !range->part || range->part->first != mine.next)
            refuse("sends another part than it was asked for");
        const std::uint64_t end = range->part->last + 1;
        if (size_ && range->size && size_ != range->size) refuse("has another size now");
        const bool is_to_end = !range->size || end == *range->size;
        if (part_.is_split() ? end != mine.end : !is_to_end) refuse("sends less than it was asked");
        if (answer.size() && *answer.size() != end - mine.next)
            refuse("sends another length than that of its part");
        if (!part_.is_begun() && is_of_another(part_.version(), answer.head()))
            refuse("sends a part of another version");
        return *range;
    }

    [[nodiscard]] bool has_asked_part() const {
        if (part_.version().empty() && !part_.is_begun()) return false;
        return part_.have() != 0 || part_.is_split();
    }

    [[nodiscard]] bool is_whole_already(const response_stream& answer) const {
        const auto range = content_range::try_parse(answer.fields().get("Content-Range"));
        return range && range->size == part_.have() && part_.have() != 0 && !part_.is_split();
    }

    /// Calls for help, when it is of use and nobody was called.
    io::task<> share(const response_head& head) {
        const bool is_of_use = options_.segments > 1 && may_share_ && !part_.version().empty();
        if (!is_of_use || !size_ || !has_ranges(head)) co_return;
        if (!part_.is_split()) {
            io::task<> splitting =
                part_.split(*size_, options_.segments, options_.smallest_segment);
            co_await std::move(splitting);
        }
        const auto is_open = [](const segment& each) { return !each.is_done() && !each.is_taken; };
        const auto open =
            static_cast<std::size_t>(std::ranges::count_if(part_.segments(), is_open));
        const std::size_t most = std::min(open + 1, options_.segments);
        while (running_->size() < most)
            running_->spawn(work(role::helper));
    }

    io::task<> begin_anew(std::string version) {
        const bool has_begun = part_.have() != 0 || part_.is_split();
        if (has_begun && ++restarts_ > most_restarts)
            refuse("sends it from its beginning all the time");
        made_.resumed_at = 0;
        size_.reset();
        io::task<> beginning = part_.begin_anew(std::move(version));
        co_await std::move(beginning);
    }

    void end_of_content() {
        if (part_.is_split()) return;
        if (size_ && part_.have() != *size_) refuse("ends at another place than it said");
        is_whole_ = true;
    }

    /// The file that was begun is not the beginning of what the server has, or nobody knows.
    void refuse_begun(status said) {
        if (said == status::range_not_satisfiable) refuse("has a shorter file than that");
        if (said == status::precondition_failed)
            refuse("has a version of which nobody knows whether the file is its beginning");
    }

    void refuse(const char* why) {
        is_wrong_ = true;
        throw protocol_error(made_.url + ": the server " + why);
    }

    client& by_;
    request what_;
    part_file part_;
    const download_options options_;
    downloaded made_;
    io::scope* running_ = nullptr;
    content_size size_;  ///< of all of it
    std::size_t restarts_ = 0;
    bool may_share_ = true;
    bool has_changed_ = false;
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
