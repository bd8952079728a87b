// SPDX-License-Identifier: MIT
// What a handler sends is given to the engine, and the connection's own task writes it: a handler
// that is cancelled tears no frame. It waits where the peer's window, or the line, is full.
#include "http/http2_dialogue.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "http/http2_conversation.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t largest_piece = std::size_t{64} * 1024;
/// Bytes of a response that a client has to take in site::stalled_stream, when so many wait.
constexpr std::size_t least_taken = std::size_t{16} * 1024;

/// True as long as this lives.
class marked {
 public:
    explicit marked(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    ~marked() { flag_ = false; }
    marked(const marked&) = delete;
    marked& operator=(const marked&) = delete;

 private:
    bool& flag_;
};

}  // namespace

http2_dialogue::http2_dialogue(http2_conversation& in, std::uint32_t number) noexcept
    : dialogue(in.client(), in.site()), in_(in) {
    begin_anew(number);
}

void http2_dialogue::begin_anew(std::uint32_t number) noexcept {
    number_ = number;
    is_about(in_.engine().request(number), parameters_);
    const http2_server_engine& engine = in_.engine();
    const bool comes = !engine.has_received_all(number) || !engine.content(number).empty();
    has_content_ = comes && engine.announced(number) != 0;
    phase_ = serve::phase::body;
    has_finished_ = false;
}

http2_dialogue::~http2_dialogue() {
    end_tunnel();
    in_.take_out(number_);
}

bool http2_dialogue::is_open() const noexcept {
    return in_.engine().is_open(number_);
}

bool http2_dialogue::begin_at_once() {
    exchange asked(*this, head_);
    if (!answer_at_once(asked)) return false;
    finish(asked);
    return true;
}

void http2_dialogue::answer_problem() {
    exchange nobody(*this, head_);
    nobody.reply(in_.engine().problem(number_));
    has_finished_ = true;
    if (site().answered) site().answered(nobody, nobody.response().status);
}

io::task<> http2_dialogue::run() {
    exchange asked(*this, head_);
    bool has_said_all = false;
    try {
        co_await work_.run(answer(asked));
        has_said_all = true;
    } catch (const net::stopped&) {
        if (is_open()) throw;
    }
    if (is_open() || (has_tunnel_ && has_said_all)) finish(asked);
    co_await linger();
}

void http2_dialogue::finish(exchange& asked) {
    conclude(asked);
    has_finished_ = true;
    phase_ = serve::phase::body;  // the client has to take what waits, whatever the handler said
    if (is_over()) in_.engine().reset(number_, http2_error::internal_error);
}

io::task<> http2_dialogue::linger() {
    has_finished_ = true;
    while (!is_done()) {
        const std::size_t before = in_.engine().waiting(number_);
        const io::time_point begun = co_await io::now();
        io::task<bool> taking = taken_in_time(begun, before - std::min(before, least_taken));
        const bool is_taken = co_await std::move(taking);
        if (!is_taken) in_.engine().reset(number_, http2_error::cancel);
    }
}

bool http2_dialogue::is_done() const noexcept {
    return !is_open() || (has_finished_ && in_.engine().has_sent_all(number_));
}

/// Until at most so many bytes wait, and less than can stop a handler. False when that took longer
/// than it may, from that moment on.
io::task<bool> http2_dialogue::taken_in_time(io::time_point begun, std::size_t most) {
    const auto is_taken = [this, most] {
        const std::size_t waits = in_.engine().waiting(number_);
        const bool is_sent = waits != 0 || !has_finished_ || in_.engine().has_sent_all(number_);
        return !is_open() || (waits <= most && is_sent);
    };
    while (!is_taken()) {
        const bool came = co_await change_in_time(begun);
        if (!came) co_return is_taken();
    }
    co_return true;
}

/// Something has changed; false when nothing has for too long.
io::task<bool> http2_dialogue::change_in_time(io::time_point begun) {
    const auto limit = served().stalled_stream.value();
    return change_before(limit ? begun + *limit : io::time_point::max());
}

/// Handlers that wait for something else have no limit here.
io::task<bool> http2_dialogue::change_before(io::time_point until) {
    bool came = true;
    try {
        io::task<> waiting = wait_for_change();
        const bool is_limited = phase_ == serve::phase::body || has_tunnel_;
        if (until == io::time_point::max() || !is_limited) {
            co_await std::move(waiting);
        } else {
            co_await io::deadline(until, std::move(waiting));
        }
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) throw;
        came = false;
    }
    co_return came;
}

io::task<> http2_dialogue::wait_for_change() {
    co_await changed_.wait("wait for a stream of HTTP/2");
}

void http2_dialogue::was_reset() noexcept {
    if (!waits_for_end_ && !has_tunnel_) work_.cancel();
    changed();
}

// --- Content of requests

content_size http2_dialogue::announced() const noexcept {
    return in_.engine().announced(number_);
}

const fields& http2_dialogue::trailers() const noexcept {
    return in_.engine().trailers(number_);
}

/// The engine's own memory moves when more comes, so the handler gets a copy.
io::task<const_buffer> http2_dialogue::read() {
    http2_server_engine& engine = in_.engine();
    engine.consume(number_, std::exchange(lent_, 0));
    in_.wants_to_send();
    const io::time_point begun = co_await io::now();
    for (;;) {
        const std::string_view waits = engine.content(number_).text();
        if (!waits.empty()) {
            piece_ = waits.substr(0, largest_piece);
            lent_ = piece_.size();
            moved_ += lent_;
            co_return const_buffer(piece_);
        }
        if (engine.has_received_all(number_)) co_return const_buffer();
        ask_for_content();
        const bool came = co_await content_in_time(begun);
        if (!came) throw status_error(status::request_timeout);
    }
}

/// So slow a client is given up before it says nothing for too long.
io::task<bool> http2_dialogue::content_in_time(io::time_point begun) {
    const auto grace = served().stream_grace.value();
    const std::size_t rate = served().stream_bytes_per_second;
    const io::time_point from = co_await io::now();
    const auto stalled = served().stalled_stream.value();
    io::time_point until = stalled ? begun + *stalled : io::time_point::max();
    const bool has_rate = rate != 0 && grace && in_.engine().can_begin(number_);
    if (has_rate) {
        const std::chrono::duration<double> earned(static_cast<double>(moved_) /
                                                   static_cast<double>(rate));
        const auto allowed = *grace + std::chrono::duration_cast<std::chrono::nanoseconds>(earned);
        until = std::min(until, from + allowed - waited_);
    }
    io::task<bool> waiting = change_before(until);
    const bool came = co_await std::move(waiting);
    const io::time_point now = co_await io::now();
    waited_ += now - from;
    co_return came;
}

/// A reply that has begun says as much as 100 does.
void http2_dialogue::ask_for_content() {
    http2_server_engine& engine = in_.engine();
    if (!engine.expects_continue(number_) || !engine.can_begin(number_)) return;
    if (std::exchange(has_asked_, true)) return;
    engine.send(number_, {.status = status::continue_});
    in_.wants_to_send();
}

io::task<> http2_dialogue::wait_for_end() {
    const marked waiting(waits_for_end_);
    while (is_open())
        co_await wait_for_change();
    set_over();
}

void http2_dialogue::enter(serve::phase next) noexcept {
    phase_ = next;
    in_.enter_phase();
}

// --- Responses

void http2_dialogue::send_interim(const response_head& head) {
    in_.engine().send(number_, head);
    in_.wants_to_send();
}

void http2_dialogue::begin(const response_head& head, content_size size) {
    in_.engine().send(number_, head, size);
    in_.wants_to_send();
}

void http2_dialogue::send_whole(const response_head& head, const_buffer content) {
    begin(head, content.size());
    in_.engine().send_data(number_, content);
    in_.engine().send_end(number_);
}

void http2_dialogue::send_data(const_buffer data) {
    in_.engine().send_data(number_, data);
    in_.wants_to_send();
}

io::task<> http2_dialogue::write(const_buffer data) {
    for (std::string_view rest = data.text(); !rest.empty();) {
        const std::string_view piece = rest.substr(0, largest_piece);
        rest.remove_prefix(piece.size());
        send_data(piece);
        co_await flush();
    }
}

/// A client that takes nothing for too long is given up, and the handler with it.
io::task<> http2_dialogue::flush() {
    if (is_open() && in_.engine().has_room(number_)) co_return;
    const io::time_point begun = co_await io::now();
    while (is_open() && !in_.engine().has_room(number_)) {
        const bool came = co_await change_in_time(begun);
        if (came) continue;
        in_.engine().reset(number_, http2_error::cancel);
        in_.wants_to_send();
    }
    if (is_open()) co_return;
    work_.cancel();  // nobody hears what the handler says: this wait is its last
    co_await wait_for_change();
}

io::task<std::uint64_t> http2_dialogue::send_cached(const serve::opened_entry& /*file*/,
                                                    std::uint64_t /*offset*/,
                                                    std::uint64_t /*most*/) {
    co_return 0;  // it needs frames around it
}

void http2_dialogue::end(const fields& trailers) {
    in_.engine().send_end(number_, trailers);
    in_.wants_to_send();
}

bool http2_dialogue::is_sending() const noexcept {
    return in_.engine().is_sending(number_);
}

}  // namespace zocalo::http::detail
