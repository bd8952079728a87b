// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "zocalo/net/control.hpp"
#include "zocalo/net/packet/cursor.hpp"
#include "zocalo/net/socket.hpp"

/// Asking a host whether it is there, and how long the way to it and back is: what ping(8) does
/// (ICMP echoes, RFC 792 and RFC 4443).
namespace zocalo::net::packet {

struct echo_options {
    std::size_t size = 56;  ///< bytes that each echo carries, at most 65507
    int hop_limit = 0;      ///< hops that it may take, 1 to 255; 0 is the system's default
};

/// What came back for one echo.
struct echo_answer {
    std::uint16_t sequence = 0;
    address from;  ///< the host; of an error, who reports it
    std::chrono::nanoseconds round_trip{};
    std::size_t size = 0;          ///< of the message, its 8 bytes of header included
    std::optional<int> hop_limit;  ///< what is left of it
    bool again = false;            ///< not the first answer to this echo
    bool damaged = false;          ///< it does not carry what was sent
    /// Why the echo did not reach the host; nothing in an answer of the host itself.
    std::optional<error_report> error;
};

/// Sends echoes to one host and hears what comes back.
///
/// It needs no rights where net.ipv4.ping_group_range lets this process have ICMP sockets, as most
/// distributions do; otherwise it is a raw socket, which wants CAP_NET_RAW.
class echo_socket {
 public:
    /// Throws std::system_error that says so when neither is to be had, and std::invalid_argument
    /// for options out of range.
    explicit echo_socket(const address& host, const echo_options& options = {});

    /// Sends the next echo, which gets the returned number: 1, 2, ..., 65535, 0, 1.
    std::uint16_t send();

    /// What comes back next, in whatever order; nothing when the deadline passes first. An answer
    /// to an echo that is more than 4096 echoes old is passed over.
    [[nodiscard]] std::optional<echo_answer> next(const deadline& until);

    [[nodiscard]] const address& host() const noexcept { return host_; }
    [[nodiscard]] bool is_raw() const noexcept { return socket_.type() == type::raw; }
    void stop_with(const stop_condition& condition) { socket_.stop_with(condition); }
    /// The socket beneath, for its options, and to bind it to an address of this machine.
    [[nodiscard]] net::socket& base() noexcept { return socket_; }

 private:
    struct question {
        std::chrono::steady_clock::time_point sent{};
        std::uint16_t sequence = 0;
        bool is_open = false;
        bool is_answered = false;
    };
    struct message;
    [[nodiscard]] std::optional<message> read(std::span<const std::byte> data,
                                              bool is_report) const;

    net::socket socket_;
    address host_;
    std::uint16_t identifier_;
    std::uint16_t sequence_ = 0;
    bytes payload_;
    bytes buffer_;
    std::vector<question> questions_;
};

}  // namespace zocalo::net::packet
