// SPDX-License-Identifier: MIT
#include "net/packet/dissector.hpp"
#include "net/packet/text.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/packet/ipv6.hpp"

namespace zocalo::net::packet {

void dissector::ip(std::span<const std::byte> run) {
    const bool is_v6 = !run.empty() && std::to_integer<unsigned>(run[0]) >> 4 == 6;
    is_v6 ? ipv6(run) : ipv4(run);
}

void dissector::ipv4(std::span<const std::byte> run) {
    const auto packet = view<ipv4_view>(run);
    if (!packet) return;
    source_ = packet->source();
    destination_ = packet->destination();
    whole_ = packet->payload().size() == packet->payload_length() && !packet->is_fragment();
    layer& shown = add("IPv4", run, packet->header_size());
    shown.fields = {{"source", source_.to_string()},
                    {"destination", destination_.to_string()},
                    {"protocol", to_string(packet->protocol())},
                    {"ttl", std::to_string(packet->ttl())},
                    {"total length", std::to_string(packet->total_length())},
                    {"identification", hex(packet->identification(), 4)},
                    {"don't fragment", packet->dont_fragment() ? "yes" : "no"},
                    {"dscp", std::to_string(packet->dscp())},
                    {"ecn", std::to_string(packet->ecn())}};
    shown.fields.push_back({"checksum", hex(packet->checksum(), 4) +
                                            (packet->checksum_ok() ? " (right)" : " (wrong)")});
    if (!packet->options().empty()) shown.fields.push_back({"options", hex(packet->options())});
    shown.summary = "IPv4 " + source_.to_string() + " > " + destination_.to_string();
    if (packet->is_fragment()) {
        const std::string at = std::to_string(packet->fragment_offset());
        shown.fields.push_back(
            {"fragment", "at " + at + (packet->more_fragments() ? ", more follow" : ", the last")});
        shown.summary += " fragment at " + at;
    }
    if (packet->fragment_offset() != 0) return data(packet->payload());
    by_protocol(packet->payload(), packet->protocol());
}

void dissector::ipv6(std::span<const std::byte> run) {
    const auto packet = view<ipv6_view>(run);
    if (!packet) return;
    source_ = packet->source();
    destination_ = packet->destination();
    const auto fragment = packet->fragment();
    whole_ = packet->upper_payload().size() == packet->upper_length() && !fragment;
    const std::size_t extended = packet->payload().size() - packet->upper_payload().size();
    layer& shown = add("IPv6", run, ipv6_header::size + extended);
    shown.fields = {{"source", source_.to_string()},
                    {"destination", destination_.to_string()},
                    {"protocol", to_string(packet->upper_protocol())},
                    {"hop limit", std::to_string(packet->hop_limit())},
                    {"payload length", std::to_string(packet->payload_length())},
                    {"traffic class", std::to_string(packet->traffic_class())},
                    {"flow label", hex(packet->flow_label(), 5)}};
    for (const ipv6_extension& extension : packet->extensions())
        shown.fields.push_back({to_string(extension.kind), hex(extension.whole)});
    shown.summary = "IPv6 " + source_.to_string() + " > " + destination_.to_string();
    if (fragment) {
        shown.fields.push_back({"fragment", "at " + std::to_string(fragment->offset) +
                                                (fragment->more ? ", more follow" : ", the last")});
        shown.summary += " fragment at " + std::to_string(fragment->offset);
        if (fragment->offset != 0) return data(packet->upper_payload());
    }
    by_protocol(packet->upper_payload(), packet->upper_protocol());
}

void dissector::by_protocol(std::span<const std::byte> run, ip_protocol protocol) {
    if (layers_.size() >= most_layers) return data(run);
    switch (protocol) {
        case ip_protocol::icmp:
            return icmp(run);
        case ip_protocol::icmpv6:
            return icmpv6(run);
        case ip_protocol::udp:
            return udp(run);
        case ip_protocol::tcp:
            return tcp(run);
        case ip_protocol::ipv4:
            return ipv4(run);
        case ip_protocol::ipv6:
            return ipv6(run);
        case ip_protocol::no_next:
            return;
        default:
            layers_.back().summary += ' ' + to_string(protocol);
            return data(run);
    }
}

}  // namespace zocalo::net::packet
