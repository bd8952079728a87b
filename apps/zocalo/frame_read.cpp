// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "file.hpp"
#include "frame.hpp"
#include "frame_record.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/packet/capture_reader.hpp"

namespace zocalo::program {

namespace {

struct read_request {
    std::string path;
    std::uint64_t count = 0;
    bool hex = false;
};

/// What a file says about where it comes from; a stranger wrote it.
void say_origin(const net::packet::capture_reader& file, const context& shared) {
    for (const auto& section : file.sections()) {
        say(shared, 1, "written by " + quoted(section.application));
        if (!section.comment.empty()) say(shared, 1, "comment: " + escaped(section.comment));
    }
    for (const auto& one : file.interfaces()) {
        std::string line = "captured on " + quoted(one.name) + ", ";
        line += net::packet::to_string(one.first);
        say(shared, 1, line);
    }
}

void read(const read_request& request, const context& shared) {
    std::ifstream opened;
    if (request.path != "-") opened = open_file(request.path);
    net::packet::capture_reader file(request.path == "-" ? std::cin : opened);
    const frame_style style{.hex = request.hex, .json = shared.json};
    std::uint64_t number = 0;
    while (request.count == 0 || number < request.count) {
        const auto packet = file.next();
        if (!packet) break;
        print_frame(*packet, style, ++number);
    }
    say_origin(file, shared);
}

}  // namespace

void add_frame_read(CLI::App& frame, context& shared) {
    auto& command =
        new_command(frame, shared, "read", "Show what a capture file holds, pcap or pcapng",
                    {{"frame read dns.pcapng", "a line for each packet"},
                     {"frame read -x -c 1 dns.pcap", "the bytes of the first"},
                     {"frame read --json - < dns.pcap", "from standard input; one object a line"}});
    const auto request = std::make_shared<read_request>();
    command.add_option("file", request->path, "The file; - is standard input")->required();
    command.add_option("-c,--count", request->count, "End after so many packets")
        ->check(CLI::Range(1, 1'000'000'000));
    command.add_flag("-x,--hex", request->hex, "Show the bytes too")->group("Output");
    add_json_option(command, shared);
    command.callback([request, &shared] { read(*request, shared); });
}

}  // namespace zocalo::program
