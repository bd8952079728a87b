// SPDX-License-Identifier: MIT
#include "net/netlink.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/fail.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {

namespace {

constexpr std::size_t aligned(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

byte_span take(byte_span& rest, std::size_t size) {
    const byte_span front = rest.first(size);
    rest = rest.subspan(std::min(aligned(size), rest.size()));
    return front;
}

struct dump_request {
    nlmsghdr header;
    rtgenmsg body;
};

void send_request(socket& netlink, std::uint16_t type, std::uint32_t sequence) {
    dump_request request{};
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.body);
    request.header.nlmsg_type = type;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.nlmsg_seq = sequence;
    request.body.rtgen_family = AF_UNSPEC;
    netlink.send_to(const_buffer(&request, sizeof request), endpoint(netlink_address{}));
}

/// The error of an NLMSG_ERROR, and of an NLMSG_DONE on newer kernels: a negative errno first.
void check_result(const netlink_message& message) {
    const bool may_be_empty = message.type == NLMSG_DONE;
    if (may_be_empty && message.payload.size() < sizeof(int)) return;
    const int error = read_struct<int>(message.payload, "an error message");
    if (error != 0) fail("list the network interfaces", error);
}

enum class progress { more, done, interrupted };

/// Appends the messages of one datagram that belong to the dump.
progress collect(byte_span datagram, std::uint32_t sequence, std::vector<std::byte>& all) {
    bool interrupted = false;
    while (const auto message = next_message(datagram)) {
        if (message->sequence != sequence) continue;  // left over from an earlier dump
        interrupted = interrupted || (message->flags & NLM_F_DUMP_INTR) != 0;
        if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
            check_result(*message);
            return interrupted ? progress::interrupted : progress::done;
        }
        all.insert(all.end(), message->whole.begin(), message->whole.end());
    }
    return interrupted ? progress::interrupted : progress::more;
}

progress receive(socket& netlink, std::uint32_t sequence, std::vector<std::byte>& all) {
    // The kernel fills datagrams of at most 32 KiB; of a longer one it says its whole size.
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    for (;;) {
        const auto [size, sender] = netlink.recv_from(buffer, message_flag::trunc);
        if (size > buffer.size()) malformed_netlink("a datagram of " + std::to_string(size));
        if (sender.netlink().port != 0) continue;  // not from the kernel
        const auto state = collect(byte_span(buffer).first(size), sequence, all);
        if (state != progress::more) return state;
    }
}

}  // namespace

std::optional<netlink_message> next_message(byte_span& rest) {
    if (rest.empty()) return std::nullopt;
    const auto header = read_struct<nlmsghdr>(rest, "the header of a message");
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
        malformed_netlink("a message says that it has " + std::to_string(header.nlmsg_len) +
                          " bytes of " + std::to_string(rest.size()));
    }
    const byte_span whole = rest.first(std::min(aligned(header.nlmsg_len), rest.size()));
    return netlink_message{.type = header.nlmsg_type,
                           .flags = header.nlmsg_flags,
                           .sequence = header.nlmsg_seq,
                           .payload = take(rest, header.nlmsg_len).subspan(sizeof header),
                           .whole = whole};
}

std::optional<netlink_attribute> next_attribute(byte_span& rest) {
    if (rest.empty()) return std::nullopt;
    const auto header = read_struct<rtattr>(rest, "the header of an attribute");
    if (header.rta_len < sizeof header || header.rta_len > rest.size()) {
        malformed_netlink("an attribute says that it has " + std::to_string(header.rta_len) +
                          " bytes of " + std::to_string(rest.size()));
    }
    return netlink_attribute{.type = static_cast<std::uint16_t>(header.rta_type & NLA_TYPE_MASK),
                             .payload = take(rest, header.rta_len).subspan(sizeof header)};
}

std::string netlink_attribute::text() const {
    const auto end = std::find(payload.begin(), payload.end(), std::byte{0});
    return {reinterpret_cast<const char*>(payload.data()),
            static_cast<std::size_t>(end - payload.begin())};
}

std::vector<std::byte> netlink_dump(std::uint16_t request) {
    socket netlink{family::netlink, type::raw, static_cast<protocol>(NETLINK_ROUTE)};
    constexpr std::uint32_t tries = 16;
    for (std::uint32_t sequence = 1; sequence <= tries; ++sequence) {
        std::vector<std::byte> all;
        send_request(netlink, request, sequence);
        // What changed while the kernel was listing may be in the list twice or not at all
        // (NLM_F_DUMP_INTR): only a list made in one go is good.
        if (receive(netlink, sequence, all) == progress::done) return all;
    }
    fail("list the network interfaces, which change all the time", EAGAIN);
}

}  // namespace zocalo::net
