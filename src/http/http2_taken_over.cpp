// SPDX-License-Identifier: MIT
// A stream of a server whose handler has taken it over. A reset does not end the handler, as it
// does with a response: it is an error of what reads and writes, as with a connection.
#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/http2_conversation.hpp"
#include "http/http2_dialogue.hpp"
#include "http/http2_tunnel.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t largest_piece = std::size_t{64} * 1024;

std::system_error failure(std::errc why, const char* what, serve::connection& client) {
    return {std::make_error_code(why), what + client.stream().peer_endpoint().to_string()};
}

}  // namespace

/// The end that the handler has. It may outlive the dialogue, and does nothing then.
class http2_dialogue::taken_over final : public http2_tunnel {
 public:
    explicit taken_over(http2_dialogue& of) noexcept : of_(&of) { of.taken_over_ = this; }
    ~taken_over() override {
        if (of_ == nullptr) return;
        of_->taken_over_ = nullptr;
        of_->drop_tunnel();
    }

    io::task<> wait() override { return whose().wait_for_bytes(); }
    std::size_t take(mutable_buffer into) override { return whose().take_bytes(into); }
    io::task<> write(const_buffer data) override { return whose().write_bytes(data); }
    io::task<> finish() override { return whose().finish_bytes(); }
    net::endpoint local_endpoint() const override {
        return of_ == nullptr ? net::endpoint() : of_->client().stream().local_endpoint();
    }
    net::endpoint peer_endpoint() const override {
        return of_ == nullptr ? net::endpoint() : of_->client().stream().peer_endpoint();
    }

    void forget() noexcept { of_ = nullptr; }

 private:
    [[nodiscard]] http2_dialogue& whose() const {
        if (of_ == nullptr)
            throw std::system_error(std::make_error_code(std::errc::bad_file_descriptor),
                                    "a stream of HTTP/2 whose handler has ended");
        return *of_;
    }

    http2_dialogue* of_;
};

io::task<io::stream> http2_dialogue::take_over() {
    if (has_tunnel_ || !in_.engine().is_tunnel(number_))
        throw std::logic_error("HTTP/2: the stream is no other protocol's");
    has_tunnel_ = true;
    co_return make_stream(std::make_unique<taken_over>(*this));
}

void http2_dialogue::end_tunnel() noexcept {
    if (taken_over_ != nullptr) taken_over_->forget();
}

/// What had come before a reset is there all the same.
io::task<> http2_dialogue::wait_for_bytes() {
    http2_server_engine& engine = in_.engine();
    while (engine.content(number_).empty() && !engine.has_received_all(number_)) {
        if (!is_open()) throw failure(std::errc::connection_reset, "read from ", client());
        io::task<> waiting = wait_for_change();
        co_await std::move(waiting);
    }
}

std::size_t http2_dialogue::take_bytes(mutable_buffer into) {
    const std::size_t size = copy_some(in_.engine().content(number_), into);
    in_.engine().consume(number_, size);
    in_.wants_to_send();
    return size;
}

io::task<> http2_dialogue::write_bytes(const_buffer data) {
    http2_server_engine& engine = in_.engine();
    while (!data.empty()) {
        if (!is_open() || !is_sending())
            throw failure(std::errc::broken_pipe, "write to ", client());
        const const_buffer piece = data.first(std::min(data.size(), largest_piece));
        data = data.without(piece.size());
        send_data(piece);
        const io::time_point begun = co_await io::now();
        while (is_open() && !engine.has_room(number_)) {
            const bool came = co_await change_in_time(begun);
            if (came) continue;
            engine.reset(number_, http2_error::cancel);
            in_.wants_to_send();
            throw failure(std::errc::timed_out, "write to ", client());
        }
    }
}

io::task<> http2_dialogue::finish_bytes() {
    if (!is_open()) throw failure(std::errc::broken_pipe, "finish ", client());
    if (is_sending()) end({});
    co_return;
}

/// As a connection that is closed: in order when the client has said all, otherwise not.
void http2_dialogue::drop_tunnel() noexcept {
    try {
        if (!is_open() || !is_sending()) return;
        if (in_.engine().has_received_all(number_)) return end({});
        in_.engine().reset(number_, http2_error::cancel);
        in_.wants_to_send();
    } catch (...) {  // no memory: it is reset when the handler has ended
        phase_ = serve::phase::body;
    }
}

}  // namespace zocalo::http::detail
