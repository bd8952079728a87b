// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>

#include "http/workplace.hpp"
#include "zocalo/http/detail/inbox.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/serve/connection.hpp"

namespace zocalo::http::detail {

/// One connection of a server, from its first request to its last.
class conversation {
 public:
    conversation(serve::connection& client, const http::site& served) noexcept
        : client_(client), served_(served), in_(client.stream()) {}

    [[nodiscard]] io::task<> run();

    // --- For exchanges

    /// The rest of the request, the next piece of its content.
    [[nodiscard]] io::task<const_buffer> read();
    [[nodiscard]] io::task<> wait_for_end();
    void enter(serve::phase next) noexcept;
    void begin(const response_head& head, content_size size);
    void read_no_more() noexcept;
    [[nodiscard]] io::task<> write(const_buffer data);
    [[nodiscard]] io::task<std::uint64_t> send_cached(const serve::opened_entry& file,
                                                      std::uint64_t offset, std::uint64_t most);
    [[nodiscard]] io::task<> flush();
    [[nodiscard]] io::task<io::stream> take_over();
    /// The handler, behind so many filters.
    [[nodiscard]] io::task<> pass(exchange& asked, std::size_t filter);
    /// Another site answers this request.
    [[nodiscard]] io::task<> pass_to(exchange& asked, const http::site& other);

    [[nodiscard]] serve::connection& client() const noexcept { return client_; }
    [[nodiscard]] const http::site& site() const noexcept { return *site_; }
    [[nodiscard]] server_engine& engine() noexcept { return place_->engine; }
    [[nodiscard]] const routes::parameters& parameters() const noexcept {
        return place_->parameters;
    }

 private:
    [[nodiscard]] incoming hear();
    [[nodiscard]] io::task<> wait_for_more();

    [[nodiscard]] bool answer_at_once(exchange& asked);
    [[nodiscard]] io::task<> answer(exchange& asked);
    void answer_without_route(exchange& asked) const;
    void answer_for(exchange& asked, const std::exception_ptr& error);
    void conclude(exchange& asked);

    serve::connection& client_;
    const http::site& served_;
    const http::site* site_ = &served_;  ///< that answers the request under way
    inbox in_;
    std::unique_ptr<workplace> place_;  ///< null while it rests
    const routes::route* route_ = nullptr;
    std::size_t dropped_ = 0;  ///< content of this request that nobody has read
    serve::phase phase_ = serve::phase::open;
    bool is_over_ = false;  ///< the dialogue: a reply was broken off
};

}  // namespace zocalo::http::detail
