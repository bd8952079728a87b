// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "zocalo/net/packet/cursor.hpp"
#include "zocalo/net/packet/link_type.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/socket.hpp"

/// Whole frames of an interface, sent and received past the protocols of the kernel (packet(7)).
namespace zocalo::net::packet {

class frame_ring;
struct raw_frame;

/// Memory that the kernel shares with the program, so that frames come in blocks, without a call
/// for each and without being copied out (PACKET_MMAP, TPACKET_V3).
struct ring_options {
    std::size_t size = 0;                         ///< bytes in all; 0 is no ring
    std::size_t block = std::size_t{256} * 1024;  ///< a frame that does not fit into a block is cut
    /// A block that has frames but is not full is handed over after this long.
    std::chrono::milliseconds delay{20};
};

/// What a frame_socket hears and how it hands it over.
struct frame_options {
    ethertype type = ethertype::all;  ///< only frames that carry this; `all` includes those sent
    bool cooked = false;              ///< payloads without their Ethernet header, both ways
    bool promiscuous = false;         ///< frames for others too, as far as the card gets to see any
    bool outgoing = true;             ///< with `all`: frames that this machine sends too
    std::size_t snap_length = 262144;  ///< keep at most so many bytes of a frame
    std::string filter = {};           ///< in tcpdump's language; see compile_filter()
    ring_options ring = {};            ///< for receiving; where there are too many for calls
    bool bypass_queue = false;  ///< send past the queueing disciplines, and drop what the card
                                ///< cannot take at once
};

/// Whose a received frame is (PACKET_HOST and the others of packet(7)).
enum class frame_direction : std::uint8_t {
    to_us = 0,
    broadcast = 1,
    multicast = 2,
    to_others = 3,
    outgoing = 4,  ///< this machine sent it
};

/// `in`, `broadcast`, `multicast`, `other` or `out`.
[[nodiscard]] std::string to_string(frame_direction direction);

/// A frame and what the kernel says about it.
struct received_frame {
    using clock_time = std::chrono::sys_time<std::chrono::nanoseconds>;

    std::span<const std::byte> data;  ///< lives until the next receive
    std::size_t wire_length = 0;      ///< what it had on the wire; more than data when it was cut
    clock_time time{};                ///< when the kernel got it
    frame_direction direction = frame_direction::to_us;
    packet_address from{};  ///< interface, type and the sender's hardware address

    [[nodiscard]] bool is_cut() const noexcept { return wire_length > data.size(); }
};

/// What has come since the socket was opened.
struct frame_statistics {
    std::uint64_t received = 0;  ///< passed the filter; dropped ones included
    std::uint64_t dropped = 0;   ///< lost for lack of room: nobody received fast enough
};

/// How the sockets of a fan-out group share the frames (PACKET_FANOUT_*).
enum class fanout_mode : std::uint8_t {
    hash = 0,  ///< all frames of one flow to the same socket
    round_robin = 1,
    by_processor = 2,
    rollover = 3,  ///< to the next when one is full
    random = 4,
    by_queue = 5,
};

/// A packet socket on one interface.
///
/// Opening wants CAP_NET_RAW, and an error then says so. Nothing is heard from before the filter
/// was in place. A VLAN tag that the card has taken out is put back. What goes out through the
/// loopback interface comes in again, and is told once. Errors, time-outs, stops and threads are as
/// for net::socket, but only one thread may receive.
class frame_socket {
 public:
    /// Listens and sends on the interface of that name; `any` listens on all and cannot send. As
    /// interfaces differ in what their frames begin with, those of `any` have a header in place of
    /// that which says whose they are (link_type::linux_cooked_v2).
    ///
    /// Throws std::system_error (no_such_device when there is no such interface) and
    /// std::invalid_argument for a filter that does not compile, or that asks for what a frame of
    /// `any` has not, and for a ring without room for two blocks.
    explicit frame_socket(std::string_view interface, const frame_options& options = {});
    /// By index; 0 is all.
    explicit frame_socket(std::uint32_t interface, const frame_options& options = {});
    ~frame_socket();
    frame_socket(frame_socket&&) noexcept;
    frame_socket& operator=(frame_socket&&) noexcept;

    /// Sends a whole frame without its frame check sequence, which the card appends. Many in one
    /// call: send_many(socket.base(), batch), see batch.hpp.
    void send(const_buffer frame);
    /// Of a cooked socket: sends a payload under an Ethernet header that the kernel makes.
    void send_to(const_buffer payload, const hardware_address& to, ethertype type);

    /// The next frame; waits as long as the time-out says. Its data is overwritten by the next one.
    ///
    /// For a poller: a socket with a ring is readable when a block is, so receive with a time-out
    /// of zero until that fails.
    [[nodiscard]] received_frame recv();

    /// What the first header of a frame is, for describe() and capture files. A cooked socket's
    /// payloads count as IP: those of other types, such as ARP, are told by their from.ethertype.
    [[nodiscard]] link_type first_header() const noexcept { return link_type_; }
    [[nodiscard]] std::uint32_t interface() const noexcept { return interface_; }

    /// Counted by this socket until it is destroyed; the card may stay promiscuous for others.
    void set_promiscuous(bool on);
    /// Frames to a group, or all groups.
    void join(const hardware_address& group);
    void leave(const hardware_address& group);
    void set_all_multicast(bool on);

    /// Replaces the filter; frames that wait already were chosen by the one before.
    void set_filter(std::string_view expression);
    /// Shares the interface's frames with all sockets that joined the same group, 0 to 65535.
    void join_fanout(std::uint16_t group, fanout_mode mode = fanout_mode::hash);

    [[nodiscard]] frame_statistics statistics();

    void set_timeout(timeout limit) { socket_.set_timeout(limit); }
    void stop_with(const stop_condition& condition) { socket_.stop_with(condition); }
    /// The socket beneath, for its options, and for a poller.
    [[nodiscard]] net::socket& base() noexcept { return socket_; }

 private:
    void receive_copy(raw_frame& frame);
    void receive_shared(raw_frame& frame);
    [[nodiscard]] std::size_t kept_length() const noexcept;

    net::socket socket_;
    std::uint32_t interface_;
    std::size_t snap_length_;
    link_type link_type_ = link_type::ethernet;
    frame_statistics statistics_;
    bytes buffer_;  // with room for a header in front
    std::unique_ptr<frame_ring> ring_;
};

}  // namespace zocalo::net::packet
