// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/ws/deflate.hpp"
#include "zocalo/ws/detail/text_check.hpp"
#include "zocalo/ws/frame.hpp"
#include "zocalo/ws/types.hpp"

/// WebSocket without I/O: bytes in, meaning out, and the other way round.
namespace zocalo::ws {

namespace detail {
class compressor;
class decompressor;
}  // namespace detail

/// What a peer can make grow.
struct limits {
    std::size_t message = std::size_t{16} * 1024 * 1024;  ///< bytes, when it is decompressed
    std::size_t frame = std::size_t{16} * 1024 * 1024;    ///< bytes of its payload, as it is sent
    std::size_t frames = 65536;                           ///< of one message
    /// A message of more bytes than `ratio_from` may be so many times as large as what was sent.
    /// Deflate makes 1032 of one at most: by default the size alone is a limit, for a blank bitmap
    /// is compressed as well as a bomb.
    std::size_t ratio = 1100;
    std::size_t ratio_from = std::size_t{1024} * 1024;
};

/// What has come.
enum class event : std::uint8_t {
    need_data,  ///< nothing more, until more bytes come
    piece,      ///< a piece of a message
    ping,       ///< to be answered with the same data
    pong,
    close,  ///< nothing comes after it: see engine::received_close()
};

struct incoming {
    event what = event::need_data;
    std::size_t used = 0;    ///< bytes of those that were given; the others are to be given again
    const_buffer data = {};  ///< of a piece, a ping or a pong; good until the next call
    ws::kind kind = ws::kind::text;  ///< of the piece's message
    bool is_last = false;            ///< whether that ends its message
    std::uint64_t left = 0;          ///< bytes of its frame that have not come
};

namespace detail {

/// Of a message that is under way.
struct progress {
    ws::kind kind = ws::kind::text;
    bool is_compressed = false;
    std::size_t frames = 0;
    std::uint64_t coded = 0;  ///< bytes as they were sent
    std::size_t size = 0;     ///< bytes of the message
    text_check text = {};
};

}  // namespace detail

/// One end of a connection, after the handshake.
///
///     ws::engine engine(ws::role::server);
///     std::string out;
///     engine.send({.data = "hello"}, out);  // `out` is what to write
///     const ws::incoming got = engine.next(received);
///
/// A message may come in as many pieces as it likes, control frames between them (§5.4). What
/// breaks the rules throws bad_message; after that nothing is received. **Errors.** Sending out of
/// turn is std::logic_error; text that is no UTF-8, and a reason or ping that is too long,
/// std::invalid_argument; both before anything is appended.
class engine {
 public:
    /// `agreed` is what the handshake has brought; `wish` says how it is used.
    explicit engine(role own, const limits& within = {},
                    const std::optional<deflate_agreement>& agreed = std::nullopt,
                    const deflate_options& wish = {});
    engine(engine&&) noexcept;
    engine& operator=(engine&&) noexcept;
    ~engine();

    // --- Receiving

    /// The first thing that these bytes mean.
    [[nodiscard]] incoming next(const_buffer received);
    /// The same; a piece is put behind what `message` has, where it needs no memory besides.
    [[nodiscard]] incoming next(const_buffer received, std::string& message);
    /// The peer's close frame, if there was one.
    [[nodiscard]] const std::optional<close_reason>& received_close() const noexcept {
        return received_close_;
    }

    // --- Sending: what to write is appended to `to`

    void send(const message& what, std::string& to);
    /// The same without a copy: what to write is `head`, and behind it what `what` has then.
    void send_in_place(message& what, std::string& head);
    /// A message in pieces, each of which is a frame. Control frames may stand between them.
    void begin(kind what);
    void send_piece(std::string_view data, bool is_last, std::string& to);
    /// A ping or a pong has 125 bytes at most.
    void send_ping(std::string_view data, std::string& to);
    void send_pong(std::string_view data, std::string& to);
    /// The last frame: nothing is sent after it. close_code::no_status is a frame without a code.
    void send_close(const close_reason& why, std::string& to);
    /// What send() or send_piece() has appended last will not be sent: what follows must not refer
    /// to it.
    void forget_compressed() noexcept;

    [[nodiscard]] bool has_sent_close() const noexcept { return has_sent_close_; }
    /// Whether a message has begun and not ended.
    [[nodiscard]] bool is_sending_message() const noexcept { return sending_.has_value(); }

 private:
    [[nodiscard]] incoming next(const_buffer received, std::string* message);
    [[nodiscard]] incoming receive(const_buffer received, std::string* message);
    void begin_frame(const frame_head& head);
    void begin_data_frame(const frame_head& head);
    [[nodiscard]] incoming continue_control(const_buffer payload, std::size_t used);
    [[nodiscard]] incoming finish_control(std::size_t used);
    [[nodiscard]] incoming continue_data(const_buffer payload, std::size_t used,
                                         std::string* message);
    [[nodiscard]] const_buffer append_unmasked(const_buffer payload, std::string& to) const;
    [[nodiscard]] const_buffer unmasked(const_buffer payload);
    [[nodiscard]] const_buffer decompressed(const_buffer payload, bool ends_message);
    void check_piece(const_buffer data, bool is_last);
    void read_close();

    [[nodiscard]] mask_key next_mask();
    void append_frame(frame_head head, std::string_view payload, std::string& to);
    void send_control(opcode what, std::string_view data, std::string& to);
    [[nodiscard]] bool is_worth_compressing(std::size_t size) const noexcept;

    role own_;
    limits limits_;
    std::size_t compress_from_ = 0;
    std::unique_ptr<detail::compressor> compressor_;
    std::unique_ptr<detail::decompressor> decompressor_;

    std::optional<frame_head> frame_;  ///< that is being received
    std::uint64_t left_ = 0;           ///< of its payload
    std::string control_;              ///< payload of a control frame
    std::string plain_;                ///< without its mask
    std::string expanded_;
    std::optional<detail::progress> receiving_;
    std::optional<close_reason> received_close_;
    bool is_broken_ = false;  ///< what comes means nothing any more

    std::optional<detail::progress> sending_;
    std::string coded_;
    std::string masks_;  ///< random bytes for masks to come
    bool has_sent_close_ = false;
};

}  // namespace zocalo::ws
