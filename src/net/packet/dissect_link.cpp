// SPDX-License-Identifier: MIT
// What a frame begins with: Ethernet, its tags, ARP, and what captures put in its place.
#include "net/packet/dissector.hpp"
#include "net/packet/text.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/vlan.hpp"

namespace zocalo::net::packet {

void dissector::link(std::span<const std::byte> run, link_type type) {
    switch (type) {
        case link_type::ethernet:
            return ethernet(run);
        case link_type::null:
            return null(run);
        case link_type::raw_ip:
        case link_type::ipv4:
        case link_type::ipv6:
            return ip(run);
        case link_type::linux_cooked:
            return cooked(run);
        case link_type::linux_cooked_v2:
            return cooked_v2(run);
    }
    data(run);
}

void dissector::null(std::span<const std::byte> run) {
    reader in(run, "loopback header");
    in.take(4, "family");
    if (in.failed()) return malformed(run, "loopback header: shorter than 4 bytes");
    add("loopback", run, 4);
    ip(in.rest());
}

void dissector::cooked(std::span<const std::byte> run) {
    reader in(run, "cooked header");
    const auto header = in.fields<16>("fixed part");
    if (in.failed()) return malformed(run, "cooked header: shorter than 16 bytes");
    layer& shown = add("cooked", run, 16);
    const ethertype type{header.u16<14>()};
    shown.fields = {{"packet type", std::to_string(header.u16<0>())}, {"type", to_string(type)}};
    shown.summary = to_string(type);
    by_type(in.rest(), type);
}

void dissector::cooked_v2(std::span<const std::byte> run) {
    reader in(run, "cooked header");
    const auto header = in.fields<20>("fixed part");
    if (in.failed()) return malformed(run, "cooked header: shorter than 20 bytes");
    layer& shown = add("cooked", run, 20);
    const ethertype type{header.u16<0>()};
    const std::string interface = std::to_string(header.u32<4>());
    shown.fields = {{"interface", interface},
                    {"packet type", std::to_string(header.u8<10>())},
                    {"type", to_string(type)}};
    shown.summary = "interface " + interface + ' ' + to_string(type);
    by_type(in.rest(), type);
}

void dissector::ethernet(std::span<const std::byte> run) {
    const auto frame = view<ethernet_view>(run);
    if (!frame) return;
    layer& shown = add("Ethernet", run, ethernet_header::size);
    const std::string type = frame->has_length()
                                 ? "length " + std::to_string(frame->type_or_length())
                                 : to_string(frame->type());
    shown.fields = {{"destination", frame->destination().to_string()},
                    {"source", frame->source().to_string()},
                    {"type", type}};
    shown.summary =
        frame->source().to_string() + " > " + frame->destination().to_string() + ' ' + type;
    by_type(frame->payload(), frame->type());
}

void dissector::vlan(std::span<const std::byte> run) {
    const auto tag = view<vlan_view>(run);
    if (!tag) return;
    layer& shown = add("VLAN", run, vlan_header::size);
    shown.fields = {{"id", std::to_string(tag->id())},
                    {"priority", std::to_string(tag->priority())},
                    {"drop eligible", tag->drop_eligible() ? "yes" : "no"},
                    {"type", to_string(tag->type())}};
    shown.summary = "VLAN " + std::to_string(tag->id());
    by_type(tag->payload(), tag->type());
}

void dissector::arp(std::span<const std::byte> run) {
    const auto parsed = view<arp_view>(run);
    if (!parsed) return;
    layer& shown =
        add("ARP", run, 8 + 2 * parsed->sender_hardware().size() + 2 * parsed->sender().size());
    const auto message = parsed->message();
    if (!message) {
        shown.fields = {{"hardware type", std::to_string(parsed->hardware_type())},
                        {"protocol type", to_string(parsed->protocol_type())}};
        shown.summary = "ARP for " + to_string(parsed->protocol_type());
        return;
    }
    const std::string target = message->target.to_string();
    const std::string sender = message->sender.to_string();
    const auto number = std::to_string(static_cast<unsigned>(message->operation));
    shown.fields = {{"operation", number},
                    {"sender hardware", message->sender_hardware.to_string()},
                    {"sender", sender},
                    {"target hardware", message->target_hardware.to_string()},
                    {"target", target}};
    if (message->operation == arp_operation::request) {
        shown.summary = "ARP who has " + target + " tell " + sender;
    } else if (message->operation == arp_operation::reply) {
        shown.summary = "ARP " + sender + " is at " + message->sender_hardware.to_string();
    } else {
        shown.summary = "ARP operation " + number;
    }
}

void dissector::by_type(std::span<const std::byte> run, ethertype type) {
    if (layers_.size() >= most_layers) return data(run);
    switch (type) {
        case ethertype::ipv4:
            return ipv4(run);
        case ethertype::ipv6:
            return ipv6(run);
        case ethertype::arp:
            return arp(run);
        case ethertype::vlan:
        case ethertype::service_vlan:
            return vlan(run);
        default:
            return data(run);
    }
}

}  // namespace zocalo::net::packet
