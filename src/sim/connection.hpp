// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/byte_queue.hpp"
#include "sim/clock.hpp"
#include "sim/packet.hpp"
#include "zocalo/core/buffer.hpp"

namespace zocalo::sim::detail {

class stack;
class listening_socket;

/// Who waits for a change of a connection: its socket, while the program holds that.
class observer {
 public:
    virtual void changed() = 0;

 protected:
    ~observer() = default;
};

/// One end of a stream: TCP without options, congestion control and urgent data.
///
/// A lost packet is sent again when its time is up (200 ms at least, then doubling), so loss costs
/// what it costs on a real network. Results are those of the system calls: a count or −errno.
class connection : public std::enable_shared_from_this<connection> {
 public:
    connection(stack& of, const net::endpoint& local, const net::endpoint& remote);

    // --- The program's side

    void connect();
    /// Open at once: the other end is on this host too, and does the same.
    void join(const connection& other) noexcept;
    /// 0 when it is there, −EAGAIN while it is being made, else why it failed.
    int connected() noexcept;
    /// Bytes, 0 at the end, −EAGAIN.
    long receive(mutable_buffer into);
    /// How many bytes there was room for; −EAGAIN for none.
    long send(const_buffer data);
    [[nodiscard]] bool has_something_to_say() const noexcept;
    [[nodiscard]] bool has_room() const noexcept;
    int shutdown(bool reading, bool writing);
    /// Whether small writes go out at once (TCP_NODELAY).
    void set_no_delay(bool wanted);
    /// The program lets go of it. What was written is still sent, unless `abort`.
    void close(bool abort);

    // --- The network's side

    void arrive(packet&& what);
    /// A connection that a listener makes out of a SYN; the listener is told when it is complete.
    void answer(const packet& syn, listening_socket& to);
    /// Both ends are told that it is over, by a box in the middle.
    void reset();
    /// The host is without power: nothing is said any more.
    void vanish() noexcept;
    void orphan_of_listener();

    [[nodiscard]] const net::endpoint& local() const noexcept { return local_; }
    [[nodiscard]] const net::endpoint& remote() const noexcept { return remote_; }
    observer* user = nullptr;

 private:
    enum class state : std::uint8_t { fresh, syn_sent, syn_received, open, closed };

    // out: connection_send.cpp
    [[nodiscard]] packet blank() const;
    void transmit_syn();
    void transmit_ack();
    void transmit_data(std::uint64_t from, std::size_t count);
    void transmit_fin();
    void transmit_reset();
    void pump();
    void arm_timer();
    void look_when_due();
    void look(bool probe, time_point when);
    void time_is_up();
    void send_again();
    void measure(time_point sent);
    void take_ack(const packet& what);
    [[nodiscard]] std::size_t segment_size(std::uint64_t room) const;
    [[nodiscard]] bool only_probes() const noexcept;

    // in: connection_receive.cpp
    void arrive_syn_sent(const packet& what);
    void arrive_reset(const packet& what);
    void take_data(packet what);
    void take_early();
    [[nodiscard]] std::uint64_t window() const noexcept;
    void opened();

    void fail(int error);
    void finish_if_over();
    void leave();
    void tell();

    stack* stack_;  ///< null when the host has crashed or the connection is over
    net::endpoint local_;
    net::endpoint remote_;
    listening_socket* listener_ = nullptr;  ///< until it is complete
    state state_ = state::fresh;
    int error_ = 0;  ///< told once
    bool orphan_ = false;
    bool lingering_ = false;
    bool read_shut_ = false;

    // What this end sends. SYN takes the number before the first byte, FIN the one after the last.
    byte_queue out_;                ///< from una_ on
    std::uint64_t first_;           ///< the SYN's number
    std::uint64_t una_;             ///< not yet acknowledged
    std::uint64_t next_;            ///< to be sent next
    std::uint64_t highest_;         ///< ever sent
    std::uint64_t end_;             ///< behind what the program has written
    std::uint64_t window_end_ = 0;  ///< how far the peer has room
    bool full_ = false;             ///< the memory for what is to be sent, a while ago
    bool no_delay_ = true;          // as io's other backends have it
    bool fin_wanted_ = false;
    bool fin_first_ = false;  ///< before the peer's
    bool timer_set_ = false;
    time_point due_{};  ///< when the timer goes off
    /// The events that see to it, one for probes.
    std::array<time_point, 2> looks_at_{time_point::max(), time_point::max()};
    int attempts_ = 0;
    nanoseconds round_trip_{};
    time_point resent_at_ = time_point::max();  ///< when something was sent again, last

    // What arrives.
    byte_queue in_;
    std::map<std::uint64_t, std::string> early_;
    std::uint64_t expected_ = 0;
    time_point last_sent_{};       ///< when the last packet in order left the peer
    std::uint64_t announced_ = 0;  ///< the window that the peer was last told
    std::uint64_t fin_at_ = 0;     ///< 0 as long as no FIN has come
    bool peer_finished_ = false;
};

}  // namespace zocalo::sim::detail
