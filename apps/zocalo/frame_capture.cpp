// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>

#include "duration.hpp"
#include "frame.hpp"
#include "frame_file.hpp"
#include "frame_record.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/packet/frame_socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using net::packet::frame_socket;

struct capture_request {
    std::string interface;
    std::vector<std::string> filter;
    std::string path;
    std::uint64_t count = 0;
    std::size_t snap_length = 262144;
    std::size_t buffer = 8192;  // KiB
    bool not_promiscuous = false;
    bool hex = false;
    timeout longest = timeout::none();

    /// The file has standard output for itself.
    [[nodiscard]] bool prints() const { return path != "-"; }
};

std::string filter_of(const capture_request& request) {
    std::string expression;
    for (const auto& word : request.filter) {
        if (!expression.empty()) expression += ' ';
        expression += word;
    }
    return expression;
}

frame_socket open(const capture_request& request) {
    const bool any = request.interface == "any";
    constexpr std::size_t kibi = 1024;
    return frame_socket(request.interface, {.promiscuous = !any && !request.not_promiscuous,
                                            .snap_length = request.snap_length,
                                            .filter = filter_of(request),
                                            .ring = {.size = request.buffer * kibi}});
}

std::optional<frame_file> file_for(const capture_request& request, const frame_socket& socket) {
    if (request.path.empty()) return std::nullopt;
    const auto snap_length = static_cast<std::uint32_t>(request.snap_length);
    return std::optional<frame_file>(std::in_place, request.path,
                                     net::packet::capture_interface{.first = socket.first_header(),
                                                                    .snap_length = snap_length,
                                                                    .name = request.interface,
                                                                    .filter = filter_of(request)});
}

/// The next frame; nothing on Ctrl-C, and when the time is over, also while frames still wait.
std::optional<net::packet::received_frame> next_frame(frame_socket& socket, const deadline& end,
                                                      const net::stop_condition& ctrl_c) {
    if (end.passed() || ctrl_c.stopped()) return std::nullopt;
    try {
        socket.set_timeout(end.remaining());
        return socket.recv();
    } catch (const net::stopped&) {
        return std::nullopt;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out &&
            error.code() != std::errc::resource_unavailable_try_again)
            throw;
        return std::nullopt;
    }
}

/// Frames from the socket to the screen and the file; how many.
std::uint64_t pass_on(frame_socket& socket, frame_file* file, const capture_request& request,
                      const context& shared, const net::stop_condition& ctrl_c) {
    const frame_style style{.hex = request.hex, .json = shared.json};
    const deadline end{request.longest};
    std::uint64_t number = 0;
    while (request.count == 0 || number < request.count) {
        const auto frame = next_frame(socket, end, ctrl_c);
        if (!frame) break;
        const net::packet::captured_packet packet{
            .first = socket.first_header(),
            .time = frame->time,
            .data = frame->data,
            .wire_length = frame->wire_length,
            .outgoing = frame->direction == net::packet::frame_direction::outgoing};
        ++number;
        if (file != nullptr) file->write(packet);
        if (request.prints()) print_frame(packet, style, number);
    }
    return number;
}

void capture(const capture_request& request, const context& shared) {
    if (!request.prints() && (shared.json || request.hex)) {
        throw std::invalid_argument("-w - gives standard output to the file: no --json, no -x");
    }
    const net::stop_signal ctrl_c;
    frame_socket socket = open(request);
    socket.stop_with(ctrl_c);
    auto file = file_for(request, socket);
    std::cerr << fmt::format("zocalo: capturing on {}\n", escaped(request.interface));
    const auto number = pass_on(socket, file ? &*file : nullptr, request, shared, ctrl_c);
    const auto counted = socket.statistics();
    if (file) {
        const auto now = std::chrono::time_point_cast<std::chrono::nanoseconds>(
            std::chrono::system_clock::now());
        file->write(net::packet::capture_statistics{
            .time = now, .received = counted.received, .dropped = counted.dropped});
    }
    std::cerr << fmt::format("zocalo: {} captured, {} passed the filter, {} dropped\n", number,
                             counted.received, counted.dropped);
}

void add_options(CLI::App& command, capture_request& request) {
    command.add_option("-i,--interface", request.interface, "Listen here; any is all at once")
        ->required();
    command.add_option("filter", request.filter,
                       "Only such frames, in tcpdump's language: see pcap-filter(7)");
    command.add_option("-w,--write", request.path,
                       "Write a file: pcap if its name ends so, otherwise pcapng; - is stdout");
    command.add_option("-c,--count", request.count, "End after so many frames")
        ->check(CLI::Range(1, 1'000'000'000));
    command.add_option("-s,--snapshot-length", request.snap_length, "Cut frames to so many bytes")
        ->check(CLI::Range(1, 262144))
        ->capture_default_str();
    command
        .add_option("-B,--buffer-size", request.buffer,
                    "KiB of memory for frames that wait; what finds no room is dropped")
        ->check(CLI::Range(512, 1024 * 1024))
        ->capture_default_str();
    command.add_flag("-p,--no-promiscuous-mode", request.not_promiscuous,
                     "Leave the card to take in only what is for this machine");
    add_duration(command, "-W,--max-time", request.longest, "End after so long");
    command.add_flag("-x,--hex", request.hex, "Show the bytes too")->group("Output");
}

}  // namespace

void add_frame_capture(CLI::App& frame, context& shared) {
    auto& command = new_command(
        frame, shared, "capture", "Show the frames of an interface as they come, until Ctrl-C",
        {{"frame capture -i eth0", "a line for each frame"},
         {"frame capture -i lo -x -c 1 udp port 6667", "the bytes of one datagram"},
         {"frame capture -i eth0 -w dns.pcapng port 53", "into a file too"},
         {"frame capture -i eth0 -w - | tshark -r -", "into another program"},
         {"frame capture -i any --json -W 10", "ten seconds, one JSON object a line"}});
    const auto request = std::make_shared<capture_request>();
    add_options(command, *request);
    add_json_option(command, shared);
    command.callback([request, &shared] { capture(*request, shared); });
}

}  // namespace zocalo::program
