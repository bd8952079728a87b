// SPDX-License-Identifier: MIT
#include "frame_file.hpp"

#include <iostream>

#include "file.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

frame_file::frame_file(const std::string& path, const net::packet::capture_interface& interface)
    : path_(path), out_(&std::cout) {
    if (path != "-") {
        file_ = create_file(path);
        out_ = &file_;
    }
    if (path.ends_with(".pcap")) {
        pcap_.emplace(*out_, net::packet::pcap_layout{.first = interface.first,
                                                      .snap_length = interface.snap_length});
    } else {
        pcapng_.emplace(*out_, net::packet::capture_origin{.application = "zocalo"});
        (void)pcapng_->add_interface(interface);
    }
    flush();
}

void frame_file::write(const net::packet::captured_packet& packet) {
    if (pcap_) {
        pcap_->write(packet);
    } else {
        pcapng_->write(packet);
    }
    flush();
}

void frame_file::write(const net::packet::capture_statistics& statistics) {
    if (pcapng_) pcapng_->write(statistics);
    flush();
}

void frame_file::flush() {
    program::flush(*out_, quoted(path_));
}

}  // namespace zocalo::program
