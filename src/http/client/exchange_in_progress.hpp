// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/client/core.hpp"
#include "zocalo/http/body.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/response.hpp"

namespace zocalo::http::detail {

/// A response whose head is here, and the connection that its content comes from.
class exchange_in_progress {
 public:
    exchange_in_progress(std::shared_ptr<client_core> core, connection_pool::lease from,
                         io::time_point now);

    /// What is left to do of a request whose head was sent (client::begin()).
    struct rest {
        http::body body;
        content_size size;
        std::function<void(const response_head&)> interim;
        bool decodes;  ///< the response, when it comes
    };
    void owe(rest what) noexcept { owed_.emplace(std::move(what)); }
    /// Sends the content that is owed; see response_stream::send().
    [[nodiscard]] io::task<> send();
    /// Waits for the head, where it has not come.
    [[nodiscard]] io::task<> receive();

    /// Takes the content out of its coding from now on, and what says so out of the head. Nothing
    /// for a coding that is not known.
    void decode();
    [[nodiscard]] io::task<const_buffer> read();
    [[nodiscard]] io::task<std::string> content(std::size_t limit);
    /// Reads what is left, if that is little, so that the connection can be used again.
    [[nodiscard]] io::task<> drop_rest();
    /// The connection, which is no place's of the pool any more; of HTTP/2 its stream.
    [[nodiscard]] io::stream take_over();

    [[nodiscard]] const fields& trailers() const noexcept { return trailers_; }

    response_head head;
    content_size size;
    net::endpoint peer;
    net::endpoint local;
    std::string url;
    std::vector<hop> hops;

 private:
    class sending;

    // Content on its way out (both_ways.cpp)
    [[nodiscard]] io::task<> send_owed();
    [[nodiscard]] static io::task<> nothing();
    [[nodiscard]] io::task<> hear(const_buffer* piece);

    [[nodiscard]] std::optional<const_buffer> try_read_raw();
    [[nodiscard]] std::optional<const_buffer> try_read() noexcept;
    [[nodiscard]] io::task<const_buffer> read_raw();
    [[nodiscard]] io::task<const_buffer> read_decoded();
    [[nodiscard]] const_buffer decode_more();
    void finish();

    std::shared_ptr<client_core> core_;
    connection_pool::lease from_;  ///< empty when all was read
    io::time_point now_;           ///< when something came last
    fields trailers_;
    std::optional<decoder> decoder_;
    const_buffer coded_;  ///< came, and was not decoded
    std::optional<rest> owed_;
    io::time_point sent_at_ = {};
    bool was_sent_ = false;      ///< what is owed, or some of it
    bool is_sending_ = false;    ///< the line is in use by send()
    bool has_head_ = false;      ///< of what is owed for
    bool was_read_ = false;      ///< all of the response
    std::exception_ptr failed_;  ///< why there is no more: said again whenever somebody asks
};

}  // namespace zocalo::http::detail
