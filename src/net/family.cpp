// SPDX-License-Identifier: MIT
// The names and the kernel's numbers of families, types and protocols, held against the system's
// headers.
#include "zocalo/net/family.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <ostream>
#include <string_view>
#include <utility>

#include "zocalo/net/message_flag.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {

namespace {

template <class Enum>
struct named {
    Enum value;
    std::string_view name;
    int system;
};

constexpr named<family> families[] = {
    {family::unspecified, "unspecified", AF_UNSPEC},
    {family::local, "local", AF_UNIX},
    {family::inet, "inet", AF_INET},
    {family::inet6, "inet6", AF_INET6},
    {family::netlink, "netlink", AF_NETLINK},
    {family::packet, "packet", AF_PACKET},
    {family::can, "can", AF_CAN},
    {family::tipc, "tipc", AF_TIPC},
    {family::bluetooth, "bluetooth", AF_BLUETOOTH},
    {family::alg, "alg", AF_ALG},
    {family::vsock, "vsock", AF_VSOCK},
    {family::qipcrtr, "qipcrtr", AF_QIPCRTR},
    {family::xdp, "xdp", AF_XDP},
};

constexpr named<type> types[] = {
    {type::stream, "stream", SOCK_STREAM},
    {type::datagram, "datagram", SOCK_DGRAM},
    {type::raw, "raw", SOCK_RAW},
    {type::rdm, "rdm", SOCK_RDM},
    {type::seqpacket, "seqpacket", SOCK_SEQPACKET},
};

constexpr named<protocol> protocols[] = {
    {protocol::automatic, "automatic", IPPROTO_IP},
    {protocol::icmp, "icmp", IPPROTO_ICMP},
    {protocol::igmp, "igmp", IPPROTO_IGMP},
    {protocol::ipip, "ipip", IPPROTO_IPIP},
    {protocol::tcp, "tcp", IPPROTO_TCP},
    {protocol::egp, "egp", IPPROTO_EGP},
    {protocol::pup, "pup", IPPROTO_PUP},
    {protocol::udp, "udp", IPPROTO_UDP},
    {protocol::idp, "idp", IPPROTO_IDP},
    {protocol::tp, "tp", IPPROTO_TP},
    {protocol::ipv6, "ipv6", IPPROTO_IPV6},
    {protocol::routing, "routing", IPPROTO_ROUTING},
    {protocol::fragment, "fragment", IPPROTO_FRAGMENT},
    {protocol::rsvp, "rsvp", IPPROTO_RSVP},
    {protocol::gre, "gre", IPPROTO_GRE},
    {protocol::esp, "esp", IPPROTO_ESP},
    {protocol::ah, "ah", IPPROTO_AH},
    {protocol::icmpv6, "icmpv6", IPPROTO_ICMPV6},
    {protocol::none, "none", IPPROTO_NONE},
    {protocol::dstopts, "dstopts", IPPROTO_DSTOPTS},
    {protocol::pim, "pim", IPPROTO_PIM},
    {protocol::sctp, "sctp", IPPROTO_SCTP},
    {protocol::udplite, "udplite", IPPROTO_UDPLITE},
    {protocol::raw, "raw", IPPROTO_RAW},
    {protocol::mptcp, "mptcp", IPPROTO_MPTCP},
};

template <class Table>
consteval bool numbers_agree(const Table& table) {
    for (const auto& entry : table) {
        if (static_cast<int>(entry.value) != entry.system) return false;
    }
    return true;
}
static_assert(numbers_agree(families));
static_assert(numbers_agree(types));
static_assert(numbers_agree(protocols));

template <class Enum, std::size_t N>
std::ostream& print(std::ostream& out, Enum value, const named<Enum> (&table)[N]) {
    for (const auto& entry : table) {
        if (entry.value == value) return out << entry.name;
    }
    return out << static_cast<int>(value);
}

constexpr std::pair<message_flag, int> message_flags[] = {
    {message_flag::oob, MSG_OOB},
    {message_flag::peek, MSG_PEEK},
    {message_flag::dont_route, MSG_DONTROUTE},
    {message_flag::ctrunc, MSG_CTRUNC},
    {message_flag::trunc, MSG_TRUNC},
    {message_flag::dont_wait, MSG_DONTWAIT},
    {message_flag::eor, MSG_EOR},
    {message_flag::wait_all, MSG_WAITALL},
    {message_flag::confirm, MSG_CONFIRM},
    {message_flag::errqueue, MSG_ERRQUEUE},
    {message_flag::no_signal, MSG_NOSIGNAL},
    {message_flag::more, MSG_MORE},
    {message_flag::wait_for_one, MSG_WAITFORONE},
    {message_flag::zero_copy, MSG_ZEROCOPY},
    {message_flag::fastopen, MSG_FASTOPEN},
    {message_flag::cmsg_cloexec, MSG_CMSG_CLOEXEC},
};

consteval bool flags_agree() {
    for (const auto& [flag, number] : message_flags) {
        if (static_cast<int>(flag) != number) return false;
    }
    return true;
}
static_assert(flags_agree());
static_assert(static_cast<int>(direction::read) == SHUT_RD &&
              static_cast<int>(direction::write) == SHUT_WR &&
              static_cast<int>(direction::both) == SHUT_RDWR);

}  // namespace

std::ostream& operator<<(std::ostream& out, family value) {
    return print(out, value, families);
}
std::ostream& operator<<(std::ostream& out, type value) {
    return print(out, value, types);
}
std::ostream& operator<<(std::ostream& out, protocol value) {
    return print(out, value, protocols);
}

}  // namespace zocalo::net
