// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>

#include "file.hpp"
#include "frame.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/packet/crc32.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/frame_socket.hpp"
#include "zocalo/net/packet/hexdump.hpp"
#include "zocalo/net/packet/layers.hpp"

namespace zocalo::program {

namespace {

using net::packet::bytes;

struct send_request {
    std::string interface;
    std::string text;
    std::optional<std::string> hex;
    std::optional<std::string> path;
    std::optional<std::string> raw;
    std::string to = net::hardware_address::broadcast().to_string();
    std::optional<std::string> from;
    std::string type = "0x88b5";
};

bytes bytes_of(const_buffer data) {
    return {data.data(), data.data() + data.size()};
}

/// Pairs of digits, between which there may be white space, `:` or `-`.
bytes parse_hex(std::string_view text) {
    bytes result;
    for (std::size_t at = 0; at < text.size();) {
        if (std::string_view(" \t\r\n:-").find(text[at]) != std::string_view::npos) {
            ++at;
            continue;
        }
        const std::string_view pair = text.substr(at, 2);
        const auto value = from_digits<std::uint8_t>(pair, 16);
        if (!value || pair.size() != 2) {
            throw std::invalid_argument("not pairs of hexadecimal digits: " + quoted(text));
        }
        result.push_back(std::byte{*value});
        at += 2;
    }
    return result;
}

/// `0x88b5`, and the same number without the prefix.
net::packet::ethertype parse_type(std::string_view text) {
    std::string_view digits = text;
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    const auto number = from_digits<std::uint16_t>(digits, 16);
    if (!number || *number < static_cast<std::uint16_t>(net::packet::ethertype::smallest)) {
        throw std::invalid_argument("not an EtherType from 0x0600 to 0xffff: " + quoted(text));
    }
    return net::packet::ethertype{*number};
}

/// All of a file; one that no frame could hold is refused before it is in memory.
bytes read_payload(const std::string& path) {
    constexpr std::size_t limit = 65536;
    std::ifstream opened;
    if (path != "-") opened = open_file(path);
    std::istream& in = path == "-" ? std::cin : opened;
    std::string content(limit + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (content.size() > limit) {
        throw std::invalid_argument(quoted(path) + " is longer than any frame");
    }
    return bytes_of(content);
}

bytes payload_of(const send_request& request) {
    if (request.hex) return parse_hex(*request.hex);
    if (request.path) return read_payload(*request.path);
    return bytes_of(request.text);
}

/// The frame from its digits.
bytes raw_of(const std::string& digits) {
    bytes frame = parse_hex(digits);
    if (frame.size() < net::packet::ethernet_header::size) {
        throw std::invalid_argument("shorter than the 14 bytes that a frame begins with: " +
                                    quoted(digits));
    }
    return frame;
}

/// The frame but for its sender, when that is to be the card: only an open socket knows it.
bytes frame_of(const send_request& request) {
    if (request.raw) return raw_of(*request.raw);
    const net::packet::ethernet_header header{
        .destination = net::hardware_address::parse(request.to),
        .source =
            request.from ? net::hardware_address::parse(*request.from) : net::hardware_address{},
        .type = parse_type(request.type)};
    const bytes payload = payload_of(request);
    if (payload.empty()) std::cerr << "zocalo: the frame carries nothing but zeros to fill it up\n";
    return header.build(payload);
}

void set_source(bytes& frame, const net::hardware_address& source) {
    const const_buffer octets(source.bytes());
    constexpr std::size_t place = 6;  // behind the destination
    std::copy_n(octets.data(), octets.size(), frame.begin() + place);
}

void say_frame(const bytes& frame, const context& shared) {
    say(shared, 1, fmt::format("sent {} bytes: {}", frame.size(), net::packet::describe(frame)));
    say(shared, 1, fmt::format("frame check sequence 0x{:08x}", net::packet::crc32(frame)));
    if (shared.verbosity > 1) std::cerr << net::packet::hexdump(frame);
}

void send(const send_request& request, const context& shared) {
    bytes frame = frame_of(request);
    // It is to send only: with no type, nothing that comes in is kept for it.
    net::packet::frame_socket socket{request.interface, {.type = net::packet::ethertype::none}};
    if (!request.raw && !request.from) {
        set_source(frame, socket.base().local_endpoint().packet().hardware);
    }
    socket.send(frame);
    say_frame(frame, shared);
}

void add_payload(CLI::App& command, send_request& request) {
    auto* const text =
        command.add_option("text", request.text, "What the frame carries; nothing if not given");
    auto* const hex =
        command.add_option("--hex", request.hex, "Carry these bytes, pairs of hexadecimal digits");
    auto* const path =
        command.add_option("--file", request.path, "Carry what is in a file; - is standard input");
    auto* const raw =
        command.add_option("--raw", request.raw, "Send exactly this frame, in hexadecimal digits");
    hex->excludes(text);
    path->excludes(text)->excludes(hex);
    raw->excludes(text)->excludes(hex)->excludes(path);
    for (auto* const part :
         {command.add_option("--to", request.to, "The card it is for; all if not given")
              ->capture_default_str(),
          command.add_option("--from", request.from, "The sender; that of the interface otherwise"),
          command
              .add_option("--type", request.type,
                          "The EtherType of what it carries, in hexadecimal")
              ->capture_default_str()}) {
        part->excludes(raw);
    }
}

}  // namespace

void add_frame_send(CLI::App& frame, context& shared) {
    auto& command = new_command(
        frame, shared, "send", "Send one Ethernet frame",
        {{"frame send -v -i eth0 Hello", "to every card on the link, and say what it was"},
         {"frame send -i eth0 --to 02:00:5e:10:00:02 --hex '01 02 03'", "three bytes to one card"},
         {"frame send -i eth0 --raw ffffffffffff02005e10000188b548656c6c6f",
          "a frame with its head, which is not filled up"}});
    const auto request = std::make_shared<send_request>();
    command.add_option("-i,--interface", request->interface, "Send from here")->required();
    add_payload(command, *request);
    command.callback([request, &shared] { send(*request, shared); });
}

}  // namespace zocalo::program
