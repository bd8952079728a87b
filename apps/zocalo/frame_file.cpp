// SPDX-License-Identifier: MIT
#include "frame_file.hpp"

#include <iostream>
#include <system_error>

#include "sys/retry.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

template <class Stream>
Stream open(const std::string& path) {
    sys::clear_error();
    Stream file(path, std::ios::binary);
    if (!file) {
        throw std::system_error(sys::last_error(), std::system_category(), "open " + quoted(path));
    }
    return file;
}

}  // namespace

frame_file::frame_file(const std::string& path, const net::packet::capture_interface& interface)
    : path_(path), out_(&std::cout) {
    if (path != "-") {
        file_ = open<std::ofstream>(path);
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
    if (!out_->flush()) {
        throw std::system_error(EIO, std::system_category(), "write " + quoted(path_));
    }
}

std::ifstream open_to_read(const std::string& path) {
    return open<std::ifstream>(path);
}

}  // namespace zocalo::program
