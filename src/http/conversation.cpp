// SPDX-License-Identifier: MIT
// One loop: what the engine says is done, and when it says nothing more, replies are sent and more
// is waited for. So the replies to all requests that came together go out together.
#include "http/conversation.hpp"

#include <array>
#include <span>
#include <system_error>
#include <utility>

#include "http/gone.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

/// So much may wait to be sent before a handler has to; larger pieces of content are not copied.
constexpr std::size_t high_water = std::size_t{64} * 1024;
constexpr std::size_t not_copied = std::size_t{16} * 1024;

}  // namespace

io::task<> conversation::run() {
    take_place();
    for (;;) {
        const incoming got = hear();
        if (got.what == event::head) {
            if (!has_heard()) client().remember(1);
            dropped_ = 0;
            exchange asked(*this, place_->response);
            const bool is_done = served().http_1 ? answer_at_once(asked) : refuse_version(asked);
            if (!is_done) co_await answer(asked);
            conclude(asked);
            // The head of the next request has its own time, also when nothing was waited for.
            if (phase_ == serve::phase::head) phase_ = serve::phase::open;
            if (is_over() || !engine().keeps_alive()) break;
            if (engine().output().size() >= high_water) co_await flush();
        } else if (got.what == event::need_data) {
            co_await wait_for_more();
        } else if (got.what == event::data) {
            dropped_ += got.data.size();
            if (dropped_ > served().drop_content) break;
        } else if (got.what != event::end) {
            break;
        }
    }
    if (began_in_http_2_) co_return;
    const bool is_open = client().stream().is_open();  // unless somebody has taken it over
    if (is_open) co_await flush();
}

bool conversation::refuse_version(exchange& asked) {
    engine().close_after();
    asked.reply(status::http_version_not_supported, "HTTP/2 alone is spoken here");
    return true;
}

void conversation::take_place() {
    place_ = take_workplace(served().limits);
    is_about(place_->engine.request(), place_->parameters);
}

/// What comes next. What cannot be understood is answered, and is the end.
incoming conversation::hear() {
    try {
        return in_.next(engine());
    } catch (const bad_message& error) {
        if (is_http_2()) {
            client().unread(in_.take_rest());
            began_in_http_2_ = true;
        } else if (engine().can_begin()) {
            refuse(error.answer());
        }
        return {event::closed};
    }
}

/// No handler has seen it; whoever counts and logs does.
void conversation::refuse(status answer) {
    exchange nobody(*this, place_->response);
    nobody.reply(answer);
    if (site().answered) site().answered(nobody, nobody.response().status);
}

/// Prior knowledge (RFC 9113 §3.4): in the middle of a connection the same is no request.
bool conversation::is_http_2() const noexcept {
    return served().http_2 && !has_heard() && !client().peer().tls &&
           in_.text().starts_with("PRI * HTTP/2.0\r\n");
}

io::task<> conversation::wait_for_more() {
    const bool rests = engine().is_idle() && in_.empty();
    const auto busy = engine().awaits_request() ? serve::phase::head : serve::phase::body;
    std::string& output = engine().output();
    if (!output.empty()) co_await client().stream().write(const_buffer(output));
    output.clear();
    const bool has_nothing = rests && engine().is_as_new();
    if (has_nothing) {
        rest();
    } else {
        enter(rests ? serve::phase::resting : busy);
    }
    bool came = false;
    try {
        came = co_await in_.fill();
    } catch (const std::system_error& error) {
        if (!rests || !is_gone(error.code())) throw;
    }
    if (!place_) take_place();
    in_.note(came);
}

/// With nothing but the stream.
void conversation::rest() noexcept {
    put_workplace(std::move(place_));
    if (may_be_parked_) return;
    may_be_parked_ = true;
    phase_ = serve::phase::resting;
    client().may_park();
}

void conversation::enter(serve::phase next) noexcept {
    // The same phase anew would have its time anew.
    if (phase_ == next && !may_be_parked_) return;
    may_be_parked_ = false;
    phase_ = next;
    client().enter(next);
}

// --- Content of requests

io::task<const_buffer> conversation::read() {
    for (;;) {
        // A reply that has begun says as much as 100 does.
        if (engine().expects_continue() && engine().can_begin()) {
            engine().send({.status = status::continue_});
        }
        const auto piece = in_.next_piece(engine());
        if (piece) co_return *piece;
        co_await wait_for_more();
    }
}

/// What comes meanwhile stays where it is: the next request, in advance.
io::task<> conversation::wait_for_end() {
    constexpr std::size_t most_in_advance = std::size_t{64} * 1024;
    in_.release();
    try {
        for (bool came = true; came && in_.size() <= most_in_advance;) {
            io::task<bool> filling = in_.fill();
            came = co_await std::move(filling);
            in_.note(came);
        }
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        in_.note(false);
    }
    set_over();
}

// --- Responses

void conversation::begin(const response_head& head, content_size size) {
    if (client().is_draining()) engine().close_after();
    engine().send(head, size);
}

void conversation::send_whole(const response_head& head, const_buffer content) {
    read_no_more();
    begin(head, content.size());
    engine().send_data(content);
    engine().send_end();
}

/// Nobody will read what is left of the content: the head that comes says so if it is too much.
void conversation::read_no_more() noexcept {
    const bool is_read = engine().has_received_all() || !engine().has_content();
    const bool may_be_dropped =
        engine().announced() && *engine().announced() <= served().drop_content;
    if (!is_read && !may_be_dropped) engine().close_after();
}

io::task<> conversation::write(const_buffer data) {
    if (data.size() < not_copied) {
        engine().send_data(data);
        if (engine().output().size() >= high_water) co_await flush();
        co_return;
    }
    if (!engine().begin_piece(data.size())) co_return;
    const std::array<const_buffer, 2> pieces{const_buffer(engine().output()), data};
    co_await client().stream().write(std::span<const const_buffer>(pieces));
    engine().output().clear();
    engine().end_piece();
}

/// How much that will be is known only then, so this is for content that needs nothing before it.
io::task<std::uint64_t> conversation::send_cached(const serve::opened_entry& file,
                                                  std::uint64_t offset, std::uint64_t most) {
    if (!engine().sends_as_it_is()) co_return 0;
    co_await flush();
    const std::uint64_t moved = co_await client().send_cached(file, offset, most);
    engine().sent_piece(moved);
    co_return moved;
}

io::task<> conversation::flush() {
    if (engine().output().empty()) co_return;
    co_await client().stream().write(const_buffer(engine().output()));
    engine().output().clear();
}

io::task<io::stream> conversation::take_over() {
    const incoming next = engine().next({});
    if (next.what != event::switched)
        throw std::logic_error("HTTP: the connection still speaks it");
    co_await flush();
    client().unread(in_.take_rest());
    set_over();
    co_return std::move(client().stream());
}

}  // namespace zocalo::http::detail
