// SPDX-License-Identifier: MIT
#include "frame_record.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/packet/hexdump.hpp"
#include "zocalo/net/packet/layers.hpp"

namespace zocalo::program {

namespace {

using net::packet::captured_packet;
using nlohmann::json;

constexpr std::size_t comment_limit = 1000;

std::string hex_digits(std::span<const std::byte> data) {
    std::string digits;
    digits.reserve(data.size() * 2);
    for (const std::byte one : data)
        digits += fmt::format("{:02x}", std::to_integer<unsigned>(one));
    return digits;
}

json json_of(const captured_packet& packet, const frame_style& style, std::uint64_t number) {
    json result{{"number", number},
                {"link", net::packet::to_string(packet.first)},
                {"captured", packet.data.size()},
                {"length", packet.wire_length},
                {"interface", packet.interface},
                {"description", net::packet::describe(packet.data, packet.first)},
                {"layers", json::array()}};
    if (packet.time) result["time"] = time_text(*packet.time);
    if (packet.outgoing) result["direction"] = *packet.outgoing ? "out" : "in";
    if (!packet.comment.empty()) result["comment"] = escaped(packet.comment, comment_limit);
    if (style.hex) result["data"] = hex_digits(packet.data);
    for (const auto& layer : net::packet::dissect(packet.data, packet.first)) {
        json fields = json::object();
        for (const auto& field : layer.fields)
            fields[field.name] = field.value;
        result["layers"].push_back(
            {{"name", layer.name}, {"offset", layer.offset}, {"fields", std::move(fields)}});
    }
    return result;
}

std::string line_of(const captured_packet& packet) {
    std::string line = packet.time ? time_text(*packet.time) : "-";
    if (packet.outgoing) line += *packet.outgoing ? " out" : " in ";
    line += ' ';
    line += net::packet::describe(packet.data, packet.first);
    if (packet.wire_length > packet.data.size()) {
        line += fmt::format(" (cut to {} of {} bytes)", packet.data.size(), packet.wire_length);
    }
    return line;
}

}  // namespace

std::string time_text(net::packet::capture_time time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(whole.time_since_epoch().count()),
                       (time - whole).count());
}

void print_frame(const captured_packet& packet, const frame_style& style, std::uint64_t number) {
    if (style.json) {
        std::cout << json_of(packet, style, number).dump() << '\n';
    } else {
        std::cout << line_of(packet) << '\n';
        if (!packet.comment.empty()) {
            std::cout << "    comment: " << escaped(packet.comment, comment_limit) << '\n';
        }
        if (style.hex) std::cout << net::packet::hexdump(packet.data);
    }
    flush_output();
}

}  // namespace zocalo::program
