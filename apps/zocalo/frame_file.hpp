// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "zocalo/net/packet/capture_writer.hpp"

namespace zocalo::program {

/// A capture file that grows packet by packet: pcap when its name ends so, otherwise pcapng; `-` is
/// standard output.
class frame_file {
 public:
    /// Throws file_error that names the file when it cannot be written.
    frame_file(const std::string& path, const net::packet::capture_interface& interface);

    /// Flushed, so that the file is good whatever happens next.
    void write(const net::packet::captured_packet& packet);
    /// What the interface counted, where the format has room for it.
    void write(const net::packet::capture_statistics& statistics);

 private:
    void flush();

    std::string path_;
    std::ofstream file_;
    std::ostream* out_;
    std::optional<net::packet::pcap_writer> pcap_;
    std::optional<net::packet::pcapng_writer> pcapng_;
};

}  // namespace zocalo::program
