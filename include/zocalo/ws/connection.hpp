// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/write_queue.hpp"
#include "zocalo/ws/engine.hpp"

/// Messages to and from a peer, the same at both ends.
namespace zocalo::ws {

struct connection_options {
    // --- Behaviour

    /// A peer that has said nothing for so long gets a ping, and if it says nothing for
    /// `pong_within` after that, while somebody listens to it, it is gone: std::errc::timed_out.
    timeout ping_every = std::chrono::seconds(25);
    timeout pong_within = std::chrono::seconds(20);
    /// How long a peer has for its part of the goodbye.
    timeout close_within = std::chrono::seconds(5);

    // --- Limits

    ws::limits limits = {};
    /// Messages that the peer has not taken: see io::write_queue.
    io::write_queue_options queue = {};
};

/// What the handshake has brought.
struct agreement {
    ws::role role = ws::role::client;
    std::string subprotocol = {};  ///< empty: none
    std::optional<deflate_agreement> deflate = std::nullopt;
    deflate_options deflate_wish = {};
};

/// A piece of a message that is received as it comes.
struct piece {
    const_buffer data = {};  ///< good until the next call
    ws::kind kind = ws::kind::text;
    bool is_last = false;    ///< of its message
    std::uint64_t left = 0;  ///< bytes of its frame that have not come
};

class connection;

/// A message that is sent in pieces: other messages wait until finish(). One that is not finished
/// ends the connection, for the peer must not take a part for the whole.
class long_message {
 public:
    long_message(long_message&& other) noexcept;
    long_message& operator=(long_message&&) = delete;
    ~long_message();

    /// Sends a fragment. A character of a text may be cut in two.
    [[nodiscard]] io::task<> write(std::string data);
    /// Sends the last fragment.
    [[nodiscard]] io::task<> finish(std::string data = {});

 private:
    friend connection;
    long_message(connection& to, io::semaphore::permit turn) noexcept;

    connection* to_;  ///< null when it is finished
    io::semaphore::permit turn_;
};

/// A connection after its handshake, for as long as run() goes on.
///
///     io::task<> echo(ws::connection& peer) {
///         for (;;) {
///             io::task<std::optional<ws::message>> next = peer.receive();
///             std::optional<ws::message> got = co_await std::move(next);
///             if (!got) co_return;
///             co_await peer.send(*std::move(got));
///         }
///     }
///
/// Any number of tasks send; one receives. What they send goes out in the order in which they
/// asked, each message whole. Pings are answered while somebody receives; of those that cannot be
/// answered yet the last one counts (§5.5.3). **Errors.** bad_message when the peer breaks the
/// rules, which it is told; std::errc::connection_reset when the connection ends without a close
/// frame; std::errc::broken_pipe for sending after either end has said that it closes.
/// **Cancellation** of receive() loses nothing; of send(), the message is sent whole or not at all.
/// **Threads.** That of the loop only.
class connection {
 public:
    connection(io::stream peer, agreement agreed, const connection_options& options = {});
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Runs a dialogue, and what a connection does by itself: it sends, pings and answers pings.
    /// Once.
    ///
    /// When the dialogue ends the connection is closed: with close_code::normal unless close() was
    /// called; when it throws, with close_code::internal_error, and the exception comes out.
    /// **Cancellation** drops the connection.
    [[nodiscard]] io::task<> run(io::task<> dialogue);

    // --- During run()

    /// Waits for the next message; nothing when the peer has closed: see peer_reason().
    [[nodiscard]] io::task<std::optional<message>> receive();
    /// Waits for the next piece of one, so that long messages need not be kept.
    [[nodiscard]] io::task<std::optional<piece>> receive_piece();

    /// Puts a message into the queue; waits while there is no room. Throws std::invalid_argument
    /// for text that is no UTF-8.
    [[nodiscard]] io::task<> send(message what);
    [[nodiscard]] io::task<> send(std::string text);
    [[nodiscard]] io::task<> send_binary(std::string bytes);
    /// Begins a message that is sent in fragments.
    [[nodiscard]] io::task<long_message> begin(kind what);
    /// Waits until everything is sent that is in the queue now.
    [[nodiscard]] io::task<> flush() { return out_.flush(); }
    /// Sends a ping of 125 bytes at most; its pong is not told.
    [[nodiscard]] io::task<> ping(std::string data = {});

    /// Says that nothing more is sent, and waits within connection_options::close_within until the
    /// peer says it too; messages that come until then are dropped. Another task that receives goes
    /// on with that.
    ///
    /// Throws std::invalid_argument for a code that may not be sent, and a reason of more than 123
    /// bytes.
    [[nodiscard]] io::task<> close(close_code code = close_code::normal, std::string why = {});

    // --- At any time

    /// What the peer has said when it closed: nothing before that.
    [[nodiscard]] const std::optional<close_reason>& peer_reason() const noexcept {
        return engine_.received_close();
    }
    [[nodiscard]] const std::string& subprotocol() const noexcept { return agreed_.subprotocol; }
    /// Whether messages are compressed.
    [[nodiscard]] bool is_compressed() const noexcept { return agreed_.deflate.has_value(); }
    [[nodiscard]] const io::stream& stream() const noexcept { return stream_; }
    /// Bytes that wait to be sent.
    [[nodiscard]] std::size_t queued() const noexcept { return out_.size(); }

    /// Told of every frame that comes and goes, but for the pieces of messages that come: for logs.
    /// Must not throw.
    std::function<void(bool is_sent, opcode what, std::string_view data)> watched;

 private:
    friend long_message;

    // What run() runs
    [[nodiscard]] io::task<> attend(io::task<> dialogue);
    [[nodiscard]] io::task<> pump();
    [[nodiscard]] io::task<> answer_pings();
    [[nodiscard]] io::task<> keep_alive();
    [[nodiscard]] io::task<> leave(close_code code);
    [[nodiscard]] io::task<> part();

    // Receiving
    [[nodiscard]] incoming hear(std::string* message);
    [[nodiscard]] io::task<std::optional<piece>> next_piece(std::string* message);
    [[nodiscard]] io::task<std::optional<piece>> take_piece(std::string* message);
    [[nodiscard]] io::task<> hear_to_the_end();

    // Sending
    void check_open() const;
    void frame(message& what, std::string& head);
    [[nodiscard]] io::task<> put(std::string head, std::string rest, bool takes_turn);
    [[nodiscard]] io::task<> put_close(close_reason why);
    [[nodiscard]] io::task<> put_piece(std::string data, bool is_last);
    void give_up() noexcept;
    [[nodiscard]] std::system_error failure(std::errc why, const char* what) const;
    void tell(bool is_sent, opcode what, std::string_view data) const;

    io::stream stream_;
    const agreement agreed_;
    const connection_options options_;
    engine engine_;
    io::reader in_;
    io::write_queue out_;
    io::mutex turn_;   ///< to send a message
    message partial_;  ///< what has come of the next one
    std::string last_ping_;
    io::event was_pinged_;
    io::event is_closed_;  ///< by the peer, or for good
    io::event is_given_up_;
    std::size_t lent_ = 0;     ///< bytes of the piece that was given out
    std::uint64_t waits_ = 0;  ///< how often bytes were waited for
    bool is_receiving_ = false;
    bool is_waiting_ = false;  ///< for bytes
    bool has_heard_ = false;   ///< since keep_alive() has looked
};

}  // namespace zocalo::ws
