// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/http2_table.hpp"
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
    /// A stream has no dialogue any more.
    void take_out(std::uint32_t number) noexcept { (void)streams_.take(number); }

 private:
    using owned = std::unique_ptr<http2_dialogue>;

    [[nodiscard]] io::task<> talk();
    [[nodiscard]] io::task<> write();
    [[nodiscard]] io::task<bool> send(bool is_answering);
    [[nodiscard]] io::task<> wait_for_work();
    [[nodiscard]] io::task<> serve_stream(owned one);
    [[nodiscard]] io::task<> linger(std::uint32_t number);
    [[nodiscard]] io::task<> say_goodbye();
    [[nodiscard]] io::task<> take_leave();
    [[nodiscard]] bool rests() const noexcept;
    /// Whether a client that goes now loses something.
    [[nodiscard]] bool is_asked() const noexcept { return !streams_.empty() || !done_.empty(); }
    void deal_out();
    void deal(const http2_event& got);
    void begin(std::uint32_t number, bool is_refused);
    [[nodiscard]] owned take_dialogue(std::uint32_t number);
    void forget(std::uint32_t number);
    void settle();
    void end() noexcept;

    serve::connection& client_;
    const http::site& site_;
    http2_server_engine engine_;
    io::reader in_;
    io::scope tasks_;
    io::detail::wait_queue to_write_;
    http2_table<http2_dialogue*> streams_;  ///< those that wait for something
    std::vector<std::uint32_t> done_;       ///< streams that were answered in the turn that goes on
    owned at_hand_;                         ///< for a request that is answered at once
    std::string sending_;
    serve::phase phase_ = serve::phase::open;
    bool is_writing_ = false;    ///< bytes are on their way
    bool is_answering_ = false;  ///< and those of streams may be among them
    bool is_finishing_ = false;  ///< the end of a response may be on its way
    bool has_ended_ = false;
};

}  // namespace zocalo::http::detail
