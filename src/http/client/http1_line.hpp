// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "http/client/line.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::http::detail {

/// A connection of HTTP/1.1, which is one request's alone.
class http1_line final : public line {
 public:
    http1_line(io::stream server, const limits& within)
        : on_(std::move(server), within), local_(on_.stream().local_endpoint()) {}

    /// The server learns that nothing was cut off.
    ~http1_line() override {
        if (on_.is_idle()) tls::farewell(on_.stream());
    }

    void send(const request_head& head, std::string_view content) override {
        on_.send(head, content);
    }
    void begin(const request_head& head, content_size size) override { on_.begin(head, size); }
    io::task<> write(const_buffer data) override { return on_.write(data); }
    void end(const fields& trailers) override { on_.end(trailers); }
    io::task<> flush() override { return on_.flush(); }

    io::task<> receive(listener interim) override { return on_.receive(std::move(interim)); }
    io::task<bool> receive_beside(io::task<> sending, listener interim) override {
        return on_.receive_beside(std::move(sending), std::move(interim));
    }
    const response_head& response() const noexcept override { return on_.response(); }
    io::task<const_buffer> read() override { return on_.read(); }
    std::optional<const_buffer> try_read() override { return on_.try_read(); }
    const fields& trailers() const noexcept override { return on_.trailers(); }
    content_size announced() const noexcept override { return on_.announced(); }
    bool has_heard() const noexcept override { return on_.has_heard(); }
    bool is_untouched() const noexcept override { return false; }

    io::task<bool> allows_protocols() override { co_return true; }
    bool is_idle() const noexcept override { return on_.is_idle(); }
    io::task<bool> is_still_idle(timeout patience) override { return on_.is_still_idle(patience); }
    io::stream take_over() override { return on_.take_over(); }
    net::endpoint peer() const override { return on_.stream().peer_endpoint(); }
    net::endpoint local() const override { return local_; }

 private:
    client_connection on_;
    const net::endpoint local_;
};

}  // namespace zocalo::http::detail
