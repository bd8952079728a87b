// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/layers.hpp"

#include <algorithm>
#include <ostream>

#include "net/packet/dissector.hpp"
#include "net/packet/text.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net::packet {

void dissector::data(std::span<const std::byte> run) {
    if (run.empty()) return;
    layer& shown = add("data", run, run.size());
    shown.fields = {{"bytes", std::to_string(run.size())},
                    {"text", quoted(const_buffer(run).text(), 64)}};
}

layer& dissector::add(const char* name, std::span<const std::byte> run, std::size_t size) {
    const auto offset = static_cast<std::size_t>(run.data() - frame_.data());
    return layers_.emplace_back(layer{name, offset, std::min(size, run.size()), {}, {}});
}

void dissector::add_checksum(layer& to, std::uint16_t checksum, bool ok) const {
    const char* verdict = ok ? " (right)" : " (wrong)";
    if (!whole_) verdict = "";
    to.fields.push_back({"checksum", hex(checksum, 4) + verdict});
}

void dissector::malformed(std::span<const std::byte> run, const char* why) {
    layer& shown = add("malformed", run, run.size());
    shown.fields = {{"reason", escaped(why)}};
    shown.summary = "malformed: " + escaped(why);
}

std::vector<layer> dissect(const_buffer frame, link_type first) {
    dissector at_work{frame};
    at_work.link(frame, first);
    return at_work.take();
}

std::string describe(const_buffer frame, link_type first) {
    const auto layers = dissect(frame, first);
    const bool says_more = std::any_of(layers.begin(), layers.end(), [](const layer& shown) {
        return shown.name == "ARP" || shown.name == "IPv4" || shown.name == "IPv6";
    });
    std::string line;
    for (const layer& shown : layers) {
        const bool is_link = shown.name == "Ethernet" || shown.name == "cooked";
        if (shown.summary.empty() || (says_more && is_link)) continue;
        if (!line.empty()) line += ", ";
        line += shown.summary;
    }
    if (!says_more) {
        if (!line.empty()) line += ", ";
        line += std::to_string(frame.size()) + " bytes in all";
    }
    return line;
}

std::string describe_layers(const_buffer frame, link_type first) {
    std::string text;
    for (const layer& shown : dissect(frame, first)) {
        text += shown.name + ", " + std::to_string(shown.size) + " bytes at " +
                std::to_string(shown.offset) + '\n';
        for (const layer_field& field : shown.fields)
            text += "    " + field.name + ": " + field.value + '\n';
    }
    return text;
}

std::string to_string(link_type type) {
    switch (type) {
        case link_type::null:
            return "BSD loopback";
        case link_type::ethernet:
            return "Ethernet";
        case link_type::raw_ip:
            return "raw IP";
        case link_type::linux_cooked:
            return "Linux cooked";
        case link_type::ipv4:
            return "raw IPv4";
        case link_type::ipv6:
            return "raw IPv6";
        case link_type::linux_cooked_v2:
            return "Linux cooked v2";
    }
    return "link type " + std::to_string(static_cast<unsigned>(type));
}

std::ostream& operator<<(std::ostream& out, link_type type) {
    return out << to_string(type);
}

}  // namespace zocalo::net::packet
