// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/proxy/proxy_core.hpp"
#include "zocalo/http/body.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/io/mutex.hpp"

namespace zocalo::http::detail {

/// One request on its way through a proxy, and its response on the way back.
class passage {
 public:
    passage(std::shared_ptr<proxy_core> core, exchange& asked);

    [[nodiscard]] io::task<> run();

 private:
    // There
    [[nodiscard]] io::task<> pass();
    [[nodiscard]] io::task<> ask_somebody();
    [[nodiscard]] io::task<> ask(upstream& whom);
    [[nodiscard]] io::task<> open(http::request what);
    [[nodiscard]] io::task<> converse(http::request what);
    [[nodiscard]] io::task<> send_on();
    [[nodiscard]] io::task<> hear();
    [[nodiscard]] io::task<> send_content(body_writer& to);
    [[nodiscard]] http::request request_to(const upstream& whom);
    [[nodiscard]] bool may_try_another() const;
    [[nodiscard]] bool cannot_have_been_sent() const;
    void note_interim(const response_head& early);

    // Back
    [[nodiscard]] io::task<> pass_interim();
    [[nodiscard]] io::task<> answer();
    void check_agreement() const;
    void agree();
    [[nodiscard]] io::task<> change_protocol();
    [[nodiscard]] io::task<> watch();

    const std::shared_ptr<proxy_core> core_;
    exchange& asked_;
    const bool is_bridged_;      ///< the client asks for WebSocket as it is done with HTTP/2
    const http::method method_;  ///< that upstreams are asked with
    const bool has_content_;
    const bool expects_continue_;
    const bool goes_both_ways_;  ///< as far as the client is concerned

    std::string key_;  ///< of a bridged WebSocket, for the upstream that was asked last
    std::optional<response_stream> answer_;
    std::exception_ptr failed_;      ///< why there is no answer
    std::exception_ptr not_theirs_;  ///< that was the client's fault
    std::deque<response_head> early_;
    io::event news_;       ///< of `early_`, or that the answer is there
    io::event taken_all_;  ///< of the client's content
    bool is_asked_ = false;
    bool has_sent_ = false;  ///< something of the request may have gone out
    bool client_left_ = false;
};

}  // namespace zocalo::http::detail
