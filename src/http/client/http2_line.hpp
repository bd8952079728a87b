// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "http/client/http2_connection.hpp"
#include "http/client/line.hpp"

namespace zocalo::http::detail {

/// A stream of a connection of HTTP/2: one request and its response.
class http2_line final : public line, private http2_guest {
 public:
    explicit http2_line(http2_connection& on) noexcept : on_(on) {}
    ~http2_line() override { on_.leave(number_); }

    void send(const request_head& head, std::string_view content) override;
    void begin(const request_head& head, content_size size) override;
    io::task<> write(const_buffer data) override;
    void end(const fields& trailers) override;
    io::task<> flush() override;

    io::task<> receive(listener interim) override;
    io::task<bool> receive_beside(io::task<> sending, listener interim) override;
    const response_head& response() const noexcept override { return response_; }
    io::task<const_buffer> read() override;
    std::optional<const_buffer> try_read() override;
    const fields& trailers() const noexcept override { return trailers_; }
    content_size announced() const noexcept override { return announced_; }
    bool has_heard() const noexcept override { return has_heard_; }
    bool is_untouched() const noexcept override;
    bool is_wrong_version() const noexcept override {
        return ended_ == http2_error::http_1_1_required;
    }
    bool goes_both_ways() const noexcept override { return true; }
    bool has_taken_others() const noexcept override { return on_.has_taken_some(); }

    io::task<bool> allows_protocols() override;

    bool is_idle() const noexcept override { return false; }
    io::task<bool> is_still_idle(timeout patience) override;
    io::stream take_over() override;
    net::endpoint peer() const override { return on_.peer(); }
    net::endpoint local() const override { return on_.local(); }

    // --- When another protocol has the stream

    [[nodiscard]] bool is_tunnel() const;
    /// Until something has come, or all.
    [[nodiscard]] io::task<> wait_for_bytes();
    [[nodiscard]] std::size_t take_bytes(mutable_buffer into);
    /// Until all of it is on its way.
    [[nodiscard]] io::task<> write_bytes(const_buffer data);

 private:
    void hear(const http2_event& what) override;
    [[nodiscard]] io::task<> hear_the_end(listener interim);
    void note_emptiness();
    /// Whether what is sent reaches nobody any more.
    [[nodiscard]] bool is_deaf() const noexcept;
    void throw_if_ended() const;
    [[nodiscard]] std::system_error lost(const char* what, std::errc why) const;

    http2_connection& on_;
    std::uint32_t number_ = 0;  ///< 0: nothing was sent
    std::deque<response_head> interim_;
    response_head response_;
    fields trailers_;
    content_size announced_;
    std::string piece_;  ///< given out
    std::optional<http2_error> ended_;
    bool asks_for_head_ = false;
    bool has_heard_ = false;
    bool has_head_ = false;
};

}  // namespace zocalo::http::detail
