// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zocalo/core/error.hpp"

/// What WebSocket (RFC 6455) talks about, as values.
namespace zocalo::ws {

/// Which end of the connection: a client masks what it sends, a server does not (§5.1).
enum class role : std::uint8_t { client, server };

/// What a frame is (§11.8).
enum class opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

[[nodiscard]] constexpr bool is_control(opcode what) noexcept {
    return what >= opcode::close;
}

/// What a message is: text is UTF-8, and both ends see to that.
enum class kind : std::uint8_t { text, binary };

struct message {
    std::string data;
    ws::kind kind = ws::kind::text;

    friend bool operator==(const message&, const message&) = default;
};

/// Why a connection ends (§7.4.1, and what was registered since). Applications have the numbers
/// from 3000 to 4999 beside these.
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005,  ///< never sent: the peer has given no code
    abnormal = 1006,   ///< never sent: the connection has ended without a word
    invalid_data = 1007,
    policy_violation = 1008,
    too_big = 1009,
    missing_extension = 1010,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013,
    bad_gateway = 1014,
    tls_failed = 1015,  ///< never sent
};

[[nodiscard]] constexpr std::uint16_t number(close_code code) noexcept {
    return static_cast<std::uint16_t>(code);
}

/// Whether a frame may have that code: 1000 to 1003, 1007 to 1014, 3000 to 4999.
[[nodiscard]] constexpr bool may_be_sent(close_code code) noexcept {
    const std::uint16_t value = number(code);
    return (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1014) ||
           (value >= 3000 && value <= 4999);
}

struct close_reason {
    close_code code = close_code::no_status;
    std::string text = {};  ///< for people; at most 123 bytes of UTF-8

    friend bool operator==(const close_reason&, const close_reason&) = default;
};

/// What a peer has sent breaks the rules; `answer()` is the code that it is told.
class bad_message : public protocol_error {
 public:
    bad_message(close_code answer, const std::string& what)
        : protocol_error(what), answer_(answer) {}

    [[nodiscard]] close_code answer() const noexcept { return answer_; }

 private:
    close_code answer_;
};

}  // namespace zocalo::ws
