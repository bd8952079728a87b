// SPDX-License-Identifier: MIT
#include "frame.hpp"

#include <CLI/CLI.hpp>

namespace zocalo::program {

void add_frame(CLI::App& program, context& shared) {
    auto& command =
        new_command(program, shared, "frame", "Send, capture and read whole frames; scan a link",
                    {{"frame send -i eth0 Hello", "one frame to every card on the link"},
                     {"frame capture -i eth0 udp port 53", "watch, until Ctrl-C"},
                     {"frame read -x dns.pcapng", "what a capture file holds"}});
    command.require_subcommand(1);
    add_frame_send(command, shared);
    add_frame_capture(command, shared);
    add_frame_read(command, shared);
    add_frame_scan(command, shared);
}

}  // namespace zocalo::program
