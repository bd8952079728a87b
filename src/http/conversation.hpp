// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/dialogue.hpp"
#include "http/workplace.hpp"
#include "zocalo/http/detail/inbox.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/serve/connection.hpp"

namespace zocalo::http::detail {

/// One connection of a server, from its first request to its last.
class conversation final : public dialogue {
 public:
    conversation(serve::connection& client, const http::site& served) noexcept
        : dialogue(client, served), in_(client.stream()) {}
    conversation(const conversation&) = delete;
    conversation& operator=(const conversation&) = delete;
    /// Whatever it ended for: who hears a part of a response may not take it for the whole.
    ~conversation() {
        if (place_ && engine().would_look_whole()) client().abort();
    }

    [[nodiscard]] io::task<> run();
    /// The client's first words were those of HTTP/2, and are unread.
    [[nodiscard]] bool began_in_http_2() const noexcept { return began_in_http_2_; }

    // --- For exchanges

    [[nodiscard]] content_size announced() const noexcept override {
        return place_->engine.announced();
    }
    [[nodiscard]] bool has_content() const noexcept override {
        return place_->engine.has_content();
    }
    [[nodiscard]] const fields& trailers() const noexcept override {
        return place_->engine.trailers();
    }
    [[nodiscard]] io::task<const_buffer> read() override;
    [[nodiscard]] io::task<> wait_for_end() override;
    void enter(serve::phase next) noexcept override;
    void send_interim(const response_head& head) override { engine().send(head); }
    void begin(const response_head& head, content_size size) override;
    void send_whole(const response_head& head, const_buffer content) override;
    void send_data(const_buffer data) override { engine().send_data(data); }
    [[nodiscard]] io::task<> write(const_buffer data) override;
    [[nodiscard]] io::task<std::uint64_t> send_cached(const serve::opened_entry& file,
                                                      std::uint64_t offset,
                                                      std::uint64_t most) override;
    [[nodiscard]] io::task<> flush() override;
    void end(const fields& trailers) override { engine().send_end(trailers); }
    [[nodiscard]] bool is_sending() const noexcept override { return place_->engine.is_sending(); }
    [[nodiscard]] io::task<io::stream> take_over() override;

 private:
    [[nodiscard]] server_engine& engine() noexcept { return place_->engine; }
    [[nodiscard]] bool refuse_version(exchange& asked);
    void take_place();
    [[nodiscard]] bool is_http_2() const noexcept;
    [[nodiscard]] incoming hear();
    void refuse(status answer);
    [[nodiscard]] io::task<> wait_for_more();
    void rest() noexcept;
    void read_no_more() noexcept;
    /// Whether there was a request, if perhaps before the connection was parked.
    [[nodiscard]] bool has_heard() const noexcept { return client().remembered() != 0; }

    inbox in_;
    std::unique_ptr<workplace> place_;  ///< null while it rests
    std::size_t dropped_ = 0;           ///< content of this request that nobody has read
    serve::phase phase_ = serve::phase::open;
    bool may_be_parked_ = false;
    bool began_in_http_2_ = false;
};

}  // namespace zocalo::http::detail
