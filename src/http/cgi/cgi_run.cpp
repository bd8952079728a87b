// SPDX-License-Identifier: MIT
// A program may answer before it has read its content, so both ways go side by side; but the client
// is answered only when all of its content has come, for only one of the two may use its
// connection, and many clients listen only then. So content never waits for the program: what that
// has not read is put aside, and the program waits when it has said much before the content's end.
#include "http/cgi/cgi_run.hpp"

#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/client_watch.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/cgi_head.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t most_complaints = 1000;
constexpr std::size_t longest_complaint = 1000;
/// How long a program may go on that has said all.
constexpr std::chrono::seconds patience_for_end{2};
constexpr int first_signal = 128;  ///< exit statuses from there on are those of signals

std::string folder_of(const std::string& file) {
    return file.substr(0, file.rfind('/') + 1);
}

io::process start(const cgi_options& how, const exchange& asked, const cgi_script& which) {
    io::process_options options;
    options.err = io::standard::pipe;
    options.environment = cgi_environment(asked, which, how.environment, how.documents);
    options.only_that_environment = true;
    options.folder = folder_of(which.file);
    options.with_offspring = true;
    return io::process({which.file}, options);
}

}  // namespace

cgi_run::cgi_run(const cgi_options& how, exchange& asked, const cgi_script& which)
    : how_(how),
      asked_(asked),
      writes_all_(which.writes_all()),
      program_(start(how, asked, which)),
      content_(how.ahead) {}

io::task<> cgi_run::run() {
    bool is_late = false;
    try {
        io::task<> talking = io::timeout(how_.within, talk());
        co_await std::move(talking);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& failure) {
        is_late = failure.code() == std::errc::timed_out && !asked_.has_begun();
        if (!is_late) throw;
    }
    if (is_late) throw status_error(status::gateway_timeout, "the program is too slow");
    if (client_left_ && !asked_.has_begun()) {
        asked_.response().status = client_closed_request;
        asked_.reply(std::string_view());
    }
}

io::task<> cgi_run::talk() {
    auto first = io::any(answer(), feed(), hear_complaints(), watch());
    co_await std::move(first);
}

io::task<> cgi_run::watch() {
    io::task<> watching = watch_client(asked_, fed_);
    co_await std::move(watching);
    client_left_ = true;
}

// --- To the program

/// Lasts until it is ended.
io::task<> cgi_run::feed() {
    auto both = io::all(take_content(), give_content());
    co_await std::move(both);
    co_await io::sleep(timeout::none());
}

io::task<> cgi_run::take_content() {
    for (;;) {
        io::task<const_buffer> reading = asked_.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> putting = content_.put(piece);
        co_await std::move(putting);
    }
    content_.end();
    fed_.set();
}

/// A program need not read what it is not interested in; what it leaves is dropped.
io::task<> cgi_run::give_content() {
    bool is_taken = true;
    for (;;) {
        io::task<std::string> taking = content_.take();
        const std::string piece = co_await std::move(taking);
        if (piece.empty()) break;
        try {
            const const_buffer data(piece);
            if (is_taken) co_await program_.in.write(data);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            is_taken = false;
        }
    }
    program_.in.close();
}

// --- From the program

/// More of its answer; false at its end.
io::task<bool> cgi_run::hear_more() {
    const io::chunk piece = co_await program_.out.read();
    if (!piece.empty()) heard_ += piece.text();
    co_return !piece.empty();
}

io::task<> cgi_run::answer() {
    std::optional<std::size_t> end_of_head;
    while (!end_of_head || !fed_.is_set()) {
        if (has_ended_ && !end_of_head)
            throw bad_message(status::bad_gateway, "a program's answer: no head");
        const bool may_say_more = fed_.is_set() || !end_of_head || heard_.size() <= how_.ahead;
        if (has_ended_ || !may_say_more) {
            io::task<> waiting = fed_.wait();
            co_await std::move(waiting);
            continue;
        }
        io::task<bool> hearing = hear_more();
        has_ended_ = !co_await std::move(hearing);
        end_of_head = cgi_head::find_end(heard_);
        if (end_of_head.value_or(heard_.size()) > how_.head)
            throw bad_message(status::bad_gateway, "a program's answer: too large a head");
    }
    begin(*end_of_head);
    while (!has_ended_ || !heard_.empty()) {
        const std::string piece = std::exchange(heard_, {});
        io::task<> writing = asked_.write(piece);
        co_await std::move(writing);
        io::task<> flushing = asked_.flush();
        co_await std::move(flushing);
        if (has_ended_) break;
        io::task<bool> hearing = hear_more();
        has_ended_ = !co_await std::move(hearing);
    }
    io::task<> finishing = finish();
    co_await std::move(finishing);
}

void cgi_run::begin(std::size_t end_of_head) {
    const std::string_view text = std::string_view(heard_).substr(0, end_of_head);
    const cgi_head said = writes_all_ ? cgi_head::parse_whole(text) : cgi_head::parse(text);
    heard_.erase(0, end_of_head);
    asked_.response().status = said.head.status;
    asked_.response().reason = said.head.reason;
    for (const field each : said.head.fields)
        asked_.response().fields.add(each.name, each.value);
    const bool is_bodiless_status = is_bodiless(said.head.status);
    if (is_bodiless_status) heard_.clear();
    asked_.begin(is_bodiless_status ? content_size() : said.size);
}

/// A program that was ended in the middle has not said all.
io::task<> cgi_run::finish() {
    int result = 0;
    try {
        io::task<int> ending = io::timeout(patience_for_end, program_.wait());
        result = co_await std::move(ending);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::timed_out) throw;
    }
    if (result >= first_signal)
        throw std::runtime_error("the program was ended by signal " +
                                 std::to_string(result - first_signal));
    asked_.end();
}

// --- What it complains of

/// Lasts until it is ended.
io::task<> cgi_run::hear_complaints() {
    std::string text;
    for (;;) {
        const io::chunk piece = co_await program_.err.read();
        if (piece.empty()) break;
        text += piece.text();
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            pass_complaint(std::string_view(text).substr(0, end));
            text.erase(0, end + 1);
        }
        if (text.size() > longest_complaint) pass_complaint(std::exchange(text, {}));
    }
    if (!text.empty()) pass_complaint(text);
    co_await io::sleep(timeout::none());
}

void cgi_run::pass_complaint(std::string_view line) {
    if (how_.complaint && complaints_++ < most_complaints)
        how_.complaint(asked_, escaped(line, longest_complaint));
}

}  // namespace zocalo::http::detail
