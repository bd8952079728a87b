// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "zocalo/core/deadline.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/net/packet/cursor.hpp"
#include "zocalo/net/packet/link_type.hpp"

namespace zocalo::net {
class stop_condition;
}

/// Network interfaces whose other end is this program (TUN and TAP of Linux).
namespace zocalo::net::packet {

/// What goes through an interface.
enum class tunnel_kind : std::uint16_t {
    packets = 1,  ///< IPv4 and IPv6 packets (IFF_TUN)
    frames = 2,   ///< Ethernet frames (IFF_TAP)
};

struct tunnel_options {
    std::string name = {};         ///< `%d` in it becomes a number; the kernel's choice when empty
    bool multiple_queues = false;  ///< can be opened more than once; see open_queue()
    bool persistent = false;       ///< stays when nobody has it open any more
    /// Users, and groups, that may open it without CAP_NET_ADMIN once it is persistent.
    std::optional<std::uint32_t> owner = {};
    std::optional<std::uint32_t> group = {};
};

/// One end of such an interface: what the kernel sends through the interface is received here, and
/// what is sent here comes in through it.
///
/// Making one wants CAP_NET_ADMIN. It has no address and is switched off until somebody configures
/// it like any other interface, with ip(8) for instance. **Threads.** One may send while another
/// receives; everything else needs the object for itself. **Errors** are those of net::socket.
class tunnel {
 public:
    /// Makes the interface, or opens a persistent one. Throws std::system_error with
    /// std::errc::device_or_resource_busy when somebody has it, and std::invalid_argument for a
    /// name that no interface can have.
    explicit tunnel(tunnel_kind kind, const tunnel_options& options = {});

    /// Another end of the same interface, for another thread: the kernel gives all frames of a flow
    /// to the same one. Needs tunnel_options::multiple_queues.
    [[nodiscard]] tunnel open_queue() const;

    /// The next packet or frame that the kernel sends; waits as long as the time-out says. Its
    /// bytes are overwritten by the next one.
    [[nodiscard]] std::span<const std::byte> recv();
    /// Hands the kernel a packet or frame, whole. It fails with std::errc::io_error while the
    /// interface is switched off.
    void send(const_buffer frame);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Its index now.
    [[nodiscard]] std::uint32_t interface() const;
    [[nodiscard]] tunnel_kind kind() const noexcept { return kind_; }
    /// What the first header is, for describe() and capture files.
    [[nodiscard]] link_type first_header() const noexcept {
        return kind_ == tunnel_kind::frames ? link_type::ethernet : link_type::raw_ip;
    }

    void set_persistent(bool on);

    /// Of each recv() and send().
    void set_timeout(timeout limit) noexcept { timeout_ = limit; }
    /// Lets `condition`, which must outlive this, end every wait from now on.
    void stop_with(const stop_condition& condition) noexcept;
    /// For a poller.
    [[nodiscard]] int fileno() const noexcept { return fd_.get(); }

 private:
    unique_fd fd_;
    std::string name_;
    tunnel_kind kind_;
    bool multiple_queues_;
    timeout timeout_ = timeout::none();
    int stop_fd_ = -1;
    bytes buffer_;
};

}  // namespace zocalo::net::packet
