// SPDX-License-Identifier: MIT
// Receiving: the frame, and beside it its time, its length on the wire and the tag that the card
// took out. The frame lies four bytes into the buffer, so that a tag is put back by moving the two
// addresses in front of it.
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/packet/frame_socket.hpp"
#include "zocalo/net/packet/vlan.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::size_t tag_size = vlan_header::size;
constexpr std::size_t addresses_size = 12;

/// What the kernel says beside the data.
struct ancillary {
    timespec time{};
    tpacket_auxdata frame{};
    bool has_frame = false;
};

template <class Value>
void copy_to(Value& value, const cmsghdr& from) {
    const std::size_t size = from.cmsg_len - CMSG_LEN(0);
    std::memcpy(&value, CMSG_DATA(&from), std::min(size, sizeof value));
}

ancillary read_ancillary(msghdr& message) {
    ancillary told;
    for (cmsghdr* it = CMSG_FIRSTHDR(&message); it != nullptr; it = CMSG_NXTHDR(&message, it)) {
        if (it->cmsg_level == SOL_SOCKET && it->cmsg_type == SCM_TIMESTAMPNS) {
            copy_to(told.time, *it);
        } else if (it->cmsg_level == SOL_PACKET && it->cmsg_type == PACKET_AUXDATA) {
            copy_to(told.frame, *it);
            told.has_frame = true;
        }
    }
    return told;
}

bool has_tag(const ancillary& told) {
    return (told.frame.tp_status & TP_STATUS_VLAN_VALID) != 0;
}

/// The type and control bytes of the tag, as they were on the wire.
bytes tag_of(const tpacket_auxdata& frame) {
    const bool typed = (frame.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
    bytes tag;
    writer(tag)
        .u16(typed ? frame.tp_vlan_tpid : static_cast<std::uint16_t>(ethertype::vlan))
        .u16(frame.tp_vlan_tci);
    return tag;
}

}  // namespace

received_frame frame_socket::recv() {
    if (buffer_.empty()) buffer_.resize(tag_size + snap_length_);
    received_frame frame;
    endpoint sender;
    iovec room{buffer_.data() + tag_size, snap_length_};
    alignas(cmsghdr)
        std::byte control[CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(tpacket_auxdata))];
    msghdr message{};
    const long size = operate(socket_, POLLIN, {}, [&]() noexcept -> long {
        message = {};
        message.msg_name = sender.data();
        message.msg_namelen = endpoint::capacity;
        message.msg_iov = &room;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        return sys::recvmsg_of_packet(socket_.fileno(), &message, MSG_TRUNC);
    });
    if (size < 0) fail("receive a frame", socket_, size);
    sender.resize(message.msg_namelen);

    const ancillary told = read_ancillary(message);
    const auto whole = static_cast<std::size_t>(size);
    const std::size_t kept = std::min(whole, snap_length_);
    frame.data = std::span(buffer_).subspan(tag_size, kept);
    frame.wire_length = told.has_frame ? std::max<std::size_t>(told.frame.tp_len, kept) : whole;
    frame.time = received_frame::clock_time(std::chrono::seconds(told.time.tv_sec) +
                                            std::chrono::nanoseconds(told.time.tv_nsec));
    frame.from = sender.packet();
    frame.direction = frame_direction{frame.from.packet_type};
    if (has_tag(told) && socket_.type() == type::raw && kept >= addresses_size) {
        const bytes tag = tag_of(told.frame);
        std::memmove(buffer_.data(), buffer_.data() + tag_size, addresses_size);
        std::copy(tag.begin(), tag.end(), buffer_.begin() + addresses_size);
        frame.data = std::span(buffer_).first(kept + tag_size);
        frame.wire_length += tag_size;
    }
    return frame;
}

}  // namespace zocalo::net::packet
