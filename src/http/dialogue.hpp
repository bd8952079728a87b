// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>

#include "zocalo/http/message.hpp"
#include "zocalo/http/routes.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/serve/connection.hpp"

namespace zocalo::http::detail {

/// One request and its response on their line, for an exchange: a connection of HTTP/1.1, or a
/// stream of HTTP/2. Who answers is found here, once for both.
class dialogue {
 public:
    dialogue(const dialogue&) = delete;
    dialogue& operator=(const dialogue&) = delete;

    // --- The request

    [[nodiscard]] const request_head& request() const noexcept { return *request_; }
    [[nodiscard]] const routes::parameters& parameters() const noexcept { return *parameters_; }
    [[nodiscard]] serve::connection& client() const noexcept { return client_; }
    [[nodiscard]] const http::site& site() const noexcept { return *site_; }
    /// Whether it came by TLS, see exchange::is_secure().
    [[nodiscard]] bool is_secure() const;
    [[nodiscard]] virtual content_size announced() const noexcept = 0;
    [[nodiscard]] virtual bool has_content() const noexcept = 0;
    [[nodiscard]] virtual const fields& trailers() const noexcept = 0;
    /// The next piece of the content.
    [[nodiscard]] virtual io::task<const_buffer> read() = 0;
    [[nodiscard]] virtual io::task<> wait_for_end() = 0;
    virtual void enter(serve::phase next) noexcept = 0;

    // --- The response

    virtual void send_interim(const response_head& head) = 0;
    virtual void begin(const response_head& head, content_size size) = 0;
    /// All of a response to a request of which nothing more will be read.
    virtual void send_whole(const response_head& head, const_buffer content) = 0;
    /// Content that may wait; write() is the same, and waits while too much does.
    virtual void send_data(const_buffer data) = 0;
    [[nodiscard]] virtual io::task<> write(const_buffer data) = 0;
    [[nodiscard]] virtual io::task<std::uint64_t> send_cached(const serve::opened_entry& file,
                                                              std::uint64_t offset,
                                                              std::uint64_t most) = 0;
    [[nodiscard]] virtual io::task<> flush() = 0;
    virtual void end(const fields& trailers) = 0;
    /// Whether a response has begun whose end was not said.
    [[nodiscard]] virtual bool is_sending() const noexcept = 0;
    [[nodiscard]] virtual io::task<io::stream> take_over() = 0;

    /// The handler, behind so many filters.
    [[nodiscard]] io::task<> pass(exchange& asked, std::size_t filter);
    /// Another site answers this request.
    [[nodiscard]] io::task<> pass_to(exchange& asked, const http::site& other);

 protected:
    dialogue(serve::connection& client, const http::site& served) noexcept
        : client_(client), served_(served) {}
    ~dialogue() = default;

    /// Whose request it is, and where the parameters of its route are to stand.
    void is_about(const request_head& asked, routes::parameters& found) noexcept {
        request_ = &asked;
        parameters_ = &found;
        site_ = &served_;
        is_over_ = false;
    }
    /// The site whose connection it is.
    [[nodiscard]] const http::site& served() const noexcept { return served_; }
    [[nodiscard]] bool answer_at_once(exchange& asked);
    [[nodiscard]] io::task<> answer(exchange& asked);
    void conclude(exchange& asked);
    /// The reply was broken off: nothing can be said after it.
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }
    void set_over() noexcept { is_over_ = true; }

 private:
    [[nodiscard]] io::task<> pass_filter(exchange& asked, std::size_t filter);
    /// Without waiting.
    [[nodiscard]] io::task<> answer_plainly(exchange& asked);
    void answer_without_route(exchange& asked) const;
    void answer_for(exchange& asked, const std::exception_ptr& error);

    serve::connection& client_;
    const http::site& served_;
    const http::site* site_ = &served_;  ///< that answers the request under way
    const request_head* request_ = nullptr;
    routes::parameters* parameters_ = nullptr;
    const routes::route* route_ = nullptr;
    bool is_over_ = false;
};

}  // namespace zocalo::http::detail
