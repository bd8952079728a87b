// SPDX-License-Identifier: MIT
#include "net/packet/dissector.hpp"
#include "net/packet/text.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/icmpv6.hpp"
#include "zocalo/net/packet/option_list.hpp"
#include "zocalo/net/packet/tcp.hpp"
#include "zocalo/net/packet/udp.hpp"

namespace zocalo::net::packet {

namespace {

std::string ports(std::uint16_t from, std::uint16_t to) {
    return std::to_string(from) + " > " + std::to_string(to);
}

std::string bytes_text(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

template <class View>
void show_icmp(layer& shown, const View& message) {
    shown.fields = {{"type", to_string(message.type())}, {"code", std::to_string(message.code())}};
    shown.summary += to_string(message.type());
    if (message.is_echo()) {
        shown.fields.push_back({"identifier", std::to_string(message.identifier())});
        shown.fields.push_back({"sequence", std::to_string(message.sequence())});
        shown.summary += " id " + std::to_string(message.identifier()) + " seq " +
                         std::to_string(message.sequence());
    } else if (message.is_error()) {
        shown.summary += " code " + std::to_string(message.code());
    }
}

/// The options as far as they are known, or that they are malformed.
std::string options_text(std::span<const std::byte> area) {
    try {
        const tcp_options options = tcp_options::parse(area);
        std::string text;
        if (options.maximum_segment) text += " mss " + std::to_string(*options.maximum_segment);
        if (options.window_scale) text += " wscale " + std::to_string(*options.window_scale);
        if (options.sack_permitted) text += " sackOK";
        for (const auto& [left, right] : options.sack)
            text += " sack " + std::to_string(left) + '-' + std::to_string(right);
        if (options.timestamps) {
            text += " ts " + std::to_string(options.timestamps->first) + '/' +
                    std::to_string(options.timestamps->second);
        }
        return text.empty() ? "" : text.substr(1);
    } catch (const std::exception&) {
        return "malformed: " + hex(area);
    }
}

}  // namespace

void dissector::icmp(std::span<const std::byte> run) {
    const auto message = view<icmp_view>(run);
    if (!message) return;
    layer& shown = add("ICMP", run, icmp_header::size);
    shown.summary = "ICMP ";
    show_icmp(shown, *message);
    add_checksum(shown, message->checksum(), message->checksum_ok());
    message->is_error() && layers_.size() < most_layers ? ipv4(message->payload())
                                                        : data(message->payload());
}

void dissector::icmpv6(std::span<const std::byte> run) {
    const auto message = view<icmpv6_view>(run);
    if (!message) return;
    layer& shown = add("ICMPv6", run, icmpv6_header::size);
    shown.summary = "ICMPv6 ";
    show_icmp(shown, *message);
    add_checksum(shown, message->checksum(), message->checksum_ok(source_, destination_));
    if (const auto neighbour = message->neighbour()) {
        shown.size = run.size();
        shown.fields.push_back({"target", neighbour->target.to_string()});
        shown.summary += " for " + neighbour->target.to_string();
        if (neighbour->hardware) {
            shown.fields.push_back({"link-layer address", neighbour->hardware->to_string()});
        }
        return;
    }
    message->is_error() && layers_.size() < most_layers ? ipv6(message->payload())
                                                        : data(message->payload());
}

void dissector::udp(std::span<const std::byte> run) {
    const auto datagram = view<udp_view>(run);
    if (!datagram) return;
    layer& shown = add("UDP", run, udp_header::size);
    shown.fields = {{"source port", std::to_string(datagram->source_port())},
                    {"destination port", std::to_string(datagram->destination_port())},
                    {"length", std::to_string(datagram->length())}};
    add_checksum(shown, datagram->checksum(), datagram->checksum_ok(source_, destination_));
    shown.summary = "UDP " + ports(datagram->source_port(), datagram->destination_port()) + ", " +
                    bytes_text(std::size_t{datagram->length()} - udp_header::size);
    data(datagram->payload());
}

void dissector::tcp(std::span<const std::byte> run) {
    const auto segment = view<tcp_view>(run);
    if (!segment) return;
    layer& shown = add("TCP", run, segment->header_size());
    shown.fields = {{"source port", std::to_string(segment->source_port())},
                    {"destination port", std::to_string(segment->destination_port())},
                    {"sequence", std::to_string(segment->sequence())},
                    {"acknowledgement", std::to_string(segment->acknowledgement())},
                    {"flags", to_string(segment->flags())},
                    {"window", std::to_string(segment->window())}};
    add_checksum(shown, segment->checksum(), segment->checksum_ok(source_, destination_));
    if (has(segment->flags(), tcp_flag::urg)) {
        shown.fields.push_back({"urgent", std::to_string(segment->urgent())});
    }
    if (!segment->options().empty()) {
        shown.fields.push_back({"options", options_text(segment->options())});
    }
    shown.summary = "TCP " + ports(segment->source_port(), segment->destination_port()) + ' ' +
                    to_string(segment->flags()) + " seq " + std::to_string(segment->sequence()) +
                    " ack " + std::to_string(segment->acknowledgement()) + " win " +
                    std::to_string(segment->window()) + ", " +
                    bytes_text(segment->payload().size());
    data(segment->payload());
}

}  // namespace zocalo::net::packet
