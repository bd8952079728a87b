// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "zocalo/http/http2_engine.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/serve/connection.hpp"

namespace zocalo::http::detail {

class http2_dialogue;

/// One connection of a server that speaks HTTP/2: one task reads, one writes, and each request that
/// has to wait for something has its own.
class http2_conversation {
 public:
    http2_conversation(serve::connection& client, const http::site& served);
    ~http2_conversation();
    http2_conversation(const http2_conversation&) = delete;
    http2_conversation& operator=(const http2_conversation&) = delete;

    [[nodiscard]] io::task<> run();

    // --- For the streams

    [[nodiscard]] http2_server_engine& engine() noexcept { return engine_; }
    [[nodiscard]] serve::connection& client() const noexcept { return client_; }
    [[nodiscard]] const http::site& site() const noexcept { return site_; }
    /// There is something to send.
    void wants_to_send() noexcept { to_write_.wake_all(); }
    /// A stream has come, gone, or waits for something else than the client.
    void enter_phase() noexcept;
    /// A stream is no more.
    void take_out(std::uint32_t number) noexcept { streams_.erase(number); }

 private:
    using owned = std::unique_ptr<http2_dialogue>;

    [[nodiscard]] io::task<> talk();
    [[nodiscard]] io::task<> write();
    [[nodiscard]] io::task<> wait_for_work();
    [[nodiscard]] io::task<> serve_stream(owned one);
    [[nodiscard]] io::task<> linger(owned one);
    [[nodiscard]] io::task<> say_goodbye();
    void deal_out();
    void deal(const http2_event& got);
    void begin(std::uint32_t number, bool is_refused);
    void forget(const http2_dialogue& one);
    void settle();
    void end() noexcept;

    serve::connection& client_;
    const http::site& site_;
    http2_server_engine engine_;
    io::reader in_;
    io::scope tasks_;
    io::detail::wait_queue to_write_;
    std::unordered_map<std::uint32_t, http2_dialogue*> streams_;
    std::vector<owned> done_;  ///< answered in the turn that goes on
    std::string sending_;
    serve::phase phase_ = serve::phase::open;
    bool is_writing_ = false;  ///< bytes are on their way
    bool has_ended_ = false;
};

}  // namespace zocalo::http::detail
