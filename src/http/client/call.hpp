// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client/exchange_in_progress.hpp"
#include "http/client/place.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/request.hpp"

namespace zocalo::http::detail {

/// One call of client::open(): as many requests as it takes, each on a connection that is found or
/// made for it.
class call {
 public:
    call(std::shared_ptr<client_core> core, http::request&& asked);

    [[nodiscard]] io::task<std::unique_ptr<exchange_in_progress>> run();
    /// For client::begin().
    [[nodiscard]] io::task<std::unique_ptr<exchange_in_progress>> begin();

 private:
    // One request (call.cpp)
    [[nodiscard]] io::task<connection_pool::lease> ask();
    [[nodiscard]] io::task<bool> ask_through(connection_pool::lease& over);
    [[nodiscard]] io::task<> converse(line& on);
    [[nodiscard]] io::task<bool> upload(line& on, content_size size);
    [[nodiscard]] io::task<> send_content(line& on, content_size size, io::event& go);
    [[nodiscard]] io::task<> make_connection(connection_pool::lease& over);
    [[nodiscard]] io::task<std::unique_ptr<pooled_connection>> dial();
    [[nodiscard]] io::task<io::stream> open_line(net::connect_report& told);
    void begin_protocol(pooled_connection& made, io::stream stream);
    [[nodiscard]] bool is_lost(const connection_pool::lease& over,
                               const std::error_code& why) const noexcept;
    [[nodiscard]] bool may_ask_again(const connection_pool::lease& over, const std::error_code& why,
                                     unsigned& refused) noexcept;
    [[nodiscard]] io::task<> drop_if_over(connection_pool::lease& over);
    [[nodiscard]] bool can_repeat() const noexcept;
    [[nodiscard]] versions wanted_versions() const;

    // Where else (alternatives.cpp)
    [[nodiscard]] shared_route find_route();
    void forget_alternative();
    [[nodiscard]] bool leave_alternative(const connection_pool::lease& over);
    [[nodiscard]] bool is_misdirected(const response_head& answer);
    void take_alternatives(const response_head& answer) const;

    // Once more, and what is remembered (call_retry.cpp)
    [[nodiscard]] io::task<connection_pool::lease> ask_patiently();
    [[nodiscard]] std::optional<std::chrono::nanoseconds> pause_after(const response_head& answer);
    [[nodiscard]] std::optional<std::chrono::nanoseconds> next_pause() noexcept;
    void take_cookies(const response_head& answer) const;
    void take_policy(const response_head& answer) const;
    void add_cookies(http::fields& to) const;

    // What it says (call_head.cpp)
    [[nodiscard]] request_head make_head();
    void add_own_fields(http::fields& to) const;
    [[nodiscard]] std::string request_target() const;
    [[nodiscard]] bool asks_for_codings() const noexcept;
    [[nodiscard]] std::string wanted_range() const;

    // What is signed of it (call_signature.cpp)
    [[nodiscard]] std::optional<login> signer() const;
    [[nodiscard]] io::task<> hash_content();
    void sign(request_head& head) const;

    // Another protocol (call_protocol.cpp)
    void check_protocol() const;
    [[nodiscard]] io::task<bool> can_ask(const connection_pool::lease& over);
    void ask_for_protocol(request_head& head) const;

    // Who we are (call_login.cpp)
    [[nodiscard]] std::optional<login> login_here(std::optional<std::string_view> realm) const;
    [[nodiscard]] const known_login* known_here(std::optional<std::string_view> realm) const;
    [[nodiscard]] std::string who_asks(bool is_proxy) const;
    [[nodiscard]] std::optional<credentials> answer(digest_request asked, bool is_proxy,
                                                    const login& who);
    [[nodiscard]] std::optional<std::string> answer(bool is_proxy, const login& who);
    void add_login(http::fields& to);
    void add_own_login(http::fields& to);
    [[nodiscard]] tls::dial_options how_to_dial();
    [[nodiscard]] bool has_answer(const std::string& asked) const;
    [[nodiscard]] bool log_in(const response_head& answer);
    [[nodiscard]] bool learn(const std::string& who, const std::string& asked, unsigned& tries);
    void check_server(const response_head& answer, bool is_proxy);

    /// What was proved by Digest, for the other end to prove the same.
    struct shown_proof {
        credentials shown;
        std::string secret;
    };

    // What comes after it (call_redirect.cpp)
    void note_hop(exchange_in_progress& answer);
    [[nodiscard]] bool follow(const response_head& answer);
    void forget_secrets() noexcept;
    [[nodiscard]] bool may_show_certificate() const noexcept;
    void forget_content();

    const std::shared_ptr<client_core> core_;
    http::request asked_;
    shared_place at_;
    shared_route to_;            ///< there; made when it is asked
    const shared_place home_;    ///< whose the secrets are
    alternative_place instead_;  ///< of the origin, for the request under way
    bool stays_home_ = false;    ///< an alternative did not work
    bool leaves_content_ = false;
    bool has_begun_content_ = false;    ///< it was taken from its source
    std::optional<content_size> left_;  ///< the content was not sent, and has that size
    std::string content_hash_;          ///< for a signature; empty: not made
    bool needs_1_1_ = false;            ///< a server has said so (HTTP_1_1_REQUIRED)
    bool connects_ = false;             ///< another protocol is asked for with CONNECT
    bool has_secrets_ = true;           ///< no redirect has led elsewhere so far
    std::size_t redirects_ = 0;         ///< followed
    unsigned retries_ = 0;              ///< made of those that the options allow
    unsigned tries_ = 0;                ///< of passwords, here
    unsigned proxy_tries_ = 0;
    std::optional<shown_proof> proof_;  ///< of the request under way, for its origin
    std::optional<shown_proof> proxy_proof_;
    std::vector<hop> hops_;
    exchange_times times_;  ///< of the request under way
    io::time_point began_ = {};
    io::time_point heard_ = {};  ///< when the response had come
};

}  // namespace zocalo::http::detail
