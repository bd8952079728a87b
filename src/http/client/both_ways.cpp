// SPDX-License-Identifier: MIT
// A request whose content goes out while its response comes in. Two tasks use one line then: it is
// given up only when neither does.
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/client/exchange_in_progress.hpp"
#include "http/client/sent_content.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

/// True as long as the line is used to send; what the response has come to counts afterwards.
class exchange_in_progress::sending {
 public:
    explicit sending(exchange_in_progress& of) noexcept : of_(of) { of_.is_sending_ = true; }
    sending(const sending&) = delete;
    sending& operator=(const sending&) = delete;
    ~sending() {
        of_.is_sending_ = false;
        if (of_.was_read_ || of_.failed_) of_.from_ = {};
    }

 private:
    exchange_in_progress& of_;
};

io::task<> exchange_in_progress::send() {
    if (!owed_ || was_read_ || failed_) return nothing();
    if (was_sent_) throw std::logic_error("HTTP: the content of a request is sent once");
    was_sent_ = true;
    return send_owed();
}

io::task<> exchange_in_progress::nothing() {
    co_return;
}

io::task<> exchange_in_progress::send_owed() {
    const sending now(*this);
    io::task<> going =
        send_content_of(owed_->body, owed_->size, *from_.made->line, core_->options.stall);
    co_await std::move(going);
    sent_at_ = co_await io::now();
}

io::task<> exchange_in_progress::receive() {
    if (!owed_ || has_head_) co_return;
    if (failed_) std::rethrow_exception(failed_);
    try {
        io::task<> hearing = hear(nullptr);
        co_await std::move(hearing);
    } catch (...) {
        failed_ = std::current_exception();
    }
    if (failed_) std::rethrow_exception(failed_);
    const line& on = *from_.made->line;
    head = on.response();
    size = on.announced();
    has_head_ = true;
    hops.back().status = head.status;
    hops.back().version = head.version;
    if (owed_->decodes) decode();
}

/// The head, or a piece. The server's time to answer begins when it has all that was to be sent:
/// until then its silence counts for nothing, but a connection that has timed out is at its end.
io::task<> exchange_in_progress::hear(const_buffer* piece) {
    line& on = *from_.made->line;
    const timeout stall = core_->options.stall;
    for (;;) {
        const io::time_point began = co_await io::now();
        std::exception_ptr late;
        try {
            if (piece == nullptr) {
                io::task<> next = io::timeout(stall, on.receive(owed_->interim));
                co_await std::move(next);
            } else {
                io::task<const_buffer> next = io::timeout(stall, on.read());
                *piece = co_await std::move(next);
            }
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& failure) {
            if (failure.code() != std::errc::timed_out) throw;
            late = std::current_exception();
        }
        if (!late) co_return;
        const io::time_point now = co_await io::now();
        const bool is_silence = stall.value() && now - began >= *stall.value();
        const bool is_owed_time = is_sending_ || (was_sent_ && now - sent_at_ < stall.value());
        if (!is_silence || !is_owed_time) std::rethrow_exception(late);
    }
}

}  // namespace zocalo::http::detail
