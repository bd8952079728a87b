// SPDX-License-Identifier: MIT
#include "zocalo/http/event_sender.hpp"

#include <stdexcept>
#include <utility>

#include "zocalo/io/any.hpp"

namespace zocalo::http {

std::string_view event_sender::last_id() const noexcept {
    return asked_.request().fields.get("Last-Event-ID");
}

io::task<> event_sender::send(const server_event& what) {
    return write(event_text(what));
}

io::task<> event_sender::write(std::string text) {
    io::task<io::semaphore::permit> waiting = writing_.lock();
    const io::semaphore::permit turn = co_await std::move(waiting);
    asked_.enter(serve::phase::open);
    io::task<> writing = asked_.write(text);
    co_await std::move(writing);
    io::task<> flushing = asked_.flush();
    co_await std::move(flushing);
    last_ = co_await io::now();
    asked_.enter(serve::phase::resting);
}

/// The head goes out at once: who asks knows then that it is connected.
io::task<> event_sender::begin(event_sender_options options) {
    if (options.retry && options.retry->count() < 0)
        throw std::invalid_argument("a time below zero in an event");
    fields& head = asked_.response().fields;
    if (!head.contains("Content-Type")) head.add("Content-Type", event_stream_type);
    if (!head.contains("Cache-Control")) head.add("Cache-Control", "no-store");
    asked_.begin();
    std::string text;
    if (options.retry) text = "retry: " + std::to_string(options.retry->count()) + "\n\n";
    io::task<> writing = write(std::move(text));
    co_await std::move(writing);
}

io::task<> event_sender::keep_alive(timeout pause) {
    for (;;) {
        const io::time_point before = last_;
        co_await io::sleep(pause);
        if (last_ != before) continue;
        io::task<> writing = write(event_comment());
        co_await std::move(writing);
    }
}

/// Nothing that is being written may be broken off by the end.
io::task<> event_sender::finish(io::task<> telling) {
    co_await std::move(telling);
    io::task<io::semaphore::permit> waiting = writing_.lock();
    last_turn_ = co_await std::move(waiting);
}

io::task<> send_events(exchange& asked, std::function<io::task<>(event_sender& to)> tell,
                       event_sender_options options) {
    event_sender to(asked);
    io::task<> beginning = to.begin(options);
    co_await std::move(beginning);
    if (asked.request().method == method::head) co_return;
    io::task<> telling = tell(to);
    io::task<> keeping = to.keep_alive(options.keep_alive);
    auto first = io::any(to.finish(std::move(telling)), std::move(keeping), asked.client_left());
    co_await std::move(first);
}

}  // namespace zocalo::http
