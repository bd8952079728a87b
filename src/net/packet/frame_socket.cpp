// SPDX-License-Identifier: MIT
// A packet socket hears from its interface only when it is bound with a type, so it is opened
// without one, gets its options and its filter, and is bound last.
#include "zocalo/net/packet/frame_socket.hpp"

#include <algorithm>
#include <cerrno>

#include "net/fail.hpp"
#include "net/packet/cooked_filter.hpp"
#include "net/packet/frame_ring.hpp"
#include "sys/interface.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_packet.hpp"
#include "zocalo/net/packet/capture_filter.hpp"

namespace zocalo::net::packet {

namespace {

std::uint32_t index_of(std::string_view name) {
    if (name == "any") return 0;
    const std::uint32_t index = sys::interface_index(name);
    if (index == 0) fail("interface " + quoted(name), ENODEV);
    return index;
}

/// By the kernel's hardware type (ARPHRD_*) of the interface.
link_type link_type_of(const packet_address& bound, bool cooked) {
    constexpr std::uint16_t no_header = 0xFFFE;  // tunnels of IP packets
    constexpr std::uint16_t ip_in_ip = 768;
    constexpr std::uint16_t ip_in_ipv6 = 769;
    constexpr std::uint16_t ipv6_in_ip = 776;
    if (bound.interface == 0) return link_type::linux_cooked_v2;
    switch (bound.hardware_type) {
        case no_header:
        case ip_in_ip:
        case ip_in_ipv6:
        case ipv6_in_ip:
            return link_type::raw_ip;
        default:
            return cooked ? link_type::raw_ip : link_type::ethernet;
    }
}

using option::packet::membership;
using option::packet::reception;

void change(net::socket& socket, bool add, const membership& what) {
    if (add) {
        socket.set(option::packet::add_membership{what});
    } else {
        socket.set(option::packet::drop_membership{what});
    }
}

membership multicast(std::uint32_t interface, const hardware_address& group) {
    membership what{.interface = interface, .kind = reception::multicast, .length = 6};
    std::copy(group.bytes().begin(), group.bytes().end(), what.hardware.begin());
    return what;
}

}  // namespace

frame_socket::frame_socket(std::string_view interface, const frame_options& options)
    : frame_socket(index_of(interface), options) {}

frame_socket::frame_socket(std::uint32_t interface, const frame_options& options)
    : socket_(family::packet, options.cooked || interface == 0 ? type::datagram : type::raw),
      interface_(interface),
      snap_length_(options.snap_length) {
    socket_.set(option::timestamp_ns{true});
    socket_.set(option::packet::auxiliary_data{true});
    if (!options.outgoing) socket_.set(option::packet::ignore_outgoing{true});
    socket_.bind(endpoint(packet_address{.interface = interface}));
    link_type_ = link_type_of(socket_.local_endpoint().packet(), options.cooked);
    if (!options.filter.empty()) set_filter(options.filter);
    if (options.promiscuous) set_promiscuous(true);
    if (options.bypass_queue) socket_.set(option::packet::bypass_queue{true});
    if (options.ring.size != 0) ring_ = std::make_unique<frame_ring>(socket_, options.ring);
    socket_.bind(endpoint(packet_address{.interface = interface,
                                         .ethertype = static_cast<std::uint16_t>(options.type)}));
}

frame_socket::~frame_socket() = default;
frame_socket::frame_socket(frame_socket&&) noexcept = default;
frame_socket& frame_socket::operator=(frame_socket&&) noexcept = default;

void frame_socket::send(const const_buffer frame) {
    socket_.send(frame);
}

void frame_socket::send_to(const const_buffer payload, const hardware_address& to, ethertype type) {
    const packet_address receiver{
        .interface = interface_, .ethertype = static_cast<std::uint16_t>(type), .hardware = to};
    socket_.send_to(payload, endpoint(receiver));
}

void frame_socket::set_promiscuous(bool on) {
    change(socket_, on, {.interface = interface_, .kind = reception::promiscuous});
}

void frame_socket::set_all_multicast(bool on) {
    change(socket_, on, {.interface = interface_, .kind = reception::all_multicast});
}

void frame_socket::join(const hardware_address& group) {
    change(socket_, true, multicast(interface_, group));
}

void frame_socket::leave(const hardware_address& group) {
    change(socket_, false, multicast(interface_, group));
}

void frame_socket::set_filter(std::string_view expression) {
    const auto snap = static_cast<std::uint32_t>(std::min(snap_length_, std::size_t{262144}));
    const auto program = link_type_ == link_type::linux_cooked_v2
                             ? compile_cooked_filter(expression, snap)
                             : compile_filter(expression, link_type_, snap);
    socket_.set(option::attach_filter{program});
}

void frame_socket::join_fanout(std::uint16_t group, fanout_mode mode) {
    const auto way = static_cast<std::uint32_t>(mode) << 16;
    socket_.set(option::packet::fanout{way | group});
}

frame_statistics frame_socket::statistics() {
    // The kernel counts from zero again after each question.
    const auto news = socket_.get<option::packet::statistics>().value;
    statistics_.received += news.packets;
    statistics_.dropped += news.drops;
    return statistics_;
}

std::string to_string(frame_direction direction) {
    switch (direction) {
        case frame_direction::to_us:
            return "in";
        case frame_direction::broadcast:
            return "broadcast";
        case frame_direction::multicast:
            return "multicast";
        case frame_direction::to_others:
            return "other";
        case frame_direction::outgoing:
            return "out";
    }
    return "direction " + std::to_string(static_cast<unsigned>(direction));
}

}  // namespace zocalo::net::packet
