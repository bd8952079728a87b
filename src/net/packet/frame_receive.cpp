// SPDX-License-Identifier: MIT
// Receiving, in two ways: copied into our buffer by a call for each frame, or shared in a ring.
// Either leaves room in front of the frame for the header that is put there afterwards.
#include <arpa/inet.h>
#include <net/if_arp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "net/packet/frame_ring.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/packet/frame_socket.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::string_view operation = "receive a frame";

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

/// Through loopback every frame goes twice: out, and in again.
bool comes_again(const sockaddr_ll& from) {
    return from.sll_pkttype == PACKET_OUTGOING && from.sll_hatype == ARPHRD_LOOPBACK;
}

packet_address address_of(const sockaddr_ll& from) {
    hardware_address::bytes_type hardware{};
    const std::size_t size = std::min<std::size_t>(from.sll_halen, hardware.size());
    std::copy_n(from.sll_addr, size, hardware.begin());
    return {.interface = static_cast<std::uint32_t>(from.sll_ifindex),
            .ethertype = ntohs(from.sll_protocol),
            .hardware = hardware_address(hardware),
            .hardware_type = from.sll_hatype,
            .packet_type = from.sll_pkttype};
}

}  // namespace

void frame_socket::receive_copy(raw_frame& frame) {
    buffer_.resize(raw_frame::front_room + snap_length_);
    iovec room{buffer_.data() + raw_frame::front_room, kept_length()};
    alignas(cmsghdr)
        std::byte control[CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(tpacket_auxdata))];
    msghdr message{};
    const long size = operate(socket_, POLLIN, {}, [&]() noexcept -> long {
        message = {};
        message.msg_name = &frame.from;
        message.msg_namelen = sizeof frame.from;
        message.msg_iov = &room;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        return sys::recvmsg_of_packet(socket_.fileno(), &message, MSG_TRUNC);
    });
    if (size < 0) fail(operation, socket_, size);
    const ancillary told = read_ancillary(message);
    const auto whole = static_cast<std::size_t>(size);
    frame.data = buffer_.data() + raw_frame::front_room;
    frame.size = std::min(whole, room.iov_len);
    frame.wire_length =
        told.has_frame ? std::max<std::size_t>(told.frame.tp_len, frame.size) : whole;
    frame.time =
        std::chrono::seconds(told.time.tv_sec) + std::chrono::nanoseconds(told.time.tv_nsec);
    frame.tag = removed_tag::from(told.frame.tp_status, told.frame);
}

void frame_socket::receive_shared(raw_frame& frame) {
    if (ring_->next(frame)) [[likely]]
        return;
    const deadline until{socket_.get_timeout()};
    if (until.limit().is_zero()) fail(operation, socket_, -EAGAIN);
    for (;;) {
        const int waited = sys::wait_ready(socket_.fileno(), POLLIN, until, socket_.stop_fileno());
        if (waited < 0) fail(operation, socket_, waited);
        // Readiness is also how an error shows: an interface that was switched off.
        if (const auto error = socket_.take_error()) fail(operation, socket_, error.value());
        if (ring_->next(frame)) return;
    }
}

/// How much of a frame there is to be, without the header that is put in front.
std::size_t frame_socket::kept_length() const noexcept {
    if (link_type_ != link_type::linux_cooked_v2) return snap_length_;
    return snap_length_ - std::min(snap_length_, raw_frame::cooked_size);
}

received_frame frame_socket::recv() {
    raw_frame frame;
    do {
        ring_ ? receive_shared(frame) : receive_copy(frame);
    } while (comes_again(frame.from));
    frame.size = std::min(frame.size, kept_length());
    if (link_type_ == link_type::linux_cooked_v2) {
        frame.put_cooked_header();
    } else if (socket_.type() == type::raw) {
        frame.put_back_tag();
    }
    return {.data = {frame.data, frame.size},
            .wire_length = frame.wire_length,
            .time = received_frame::clock_time(frame.time),
            .direction = frame_direction{frame.from.sll_pkttype},
            .from = address_of(frame.from)};
}

}  // namespace zocalo::net::packet
