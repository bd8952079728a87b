// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/capture_reader.hpp"

#include <algorithm>

#include "net/packet/capture_source.hpp"
#include "net/packet/pcapng_format.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net::packet {

void capture_stream::read(bytes& into, std::size_t count) {
    constexpr std::size_t step = 65536;  // a lie about a length costs no more than this
    into.clear();
    while (into.size() < count) {
        const std::size_t before = into.size();
        const std::size_t wanted = std::min(step, count - before);
        into.resize(before + wanted);
        in_->read(reinterpret_cast<char*>(into.data() + before),
                  static_cast<std::streamsize>(wanted));
        const auto got = static_cast<std::size_t>(in_->gcount());
        offset_ += got;
        into.resize(before + got);
        if (got < wanted) return;
    }
}

void capture_stream::read_all(bytes& into, std::size_t count, std::string_view what) {
    const std::uint64_t start = offset_;
    read(into, count);
    if (into.size() < count) refuse_capture(what, start, "the file ends within it");
}

void refuse_capture(std::string_view what, std::uint64_t offset, std::string_view why) {
    std::string message(what);
    message += " at offset " + std::to_string(offset) + ": ";
    message += why;
    throw protocol_error(message);
}

namespace {

std::unique_ptr<capture_source> open(std::istream& in, const capture_limits& limits) {
    capture_stream stream(in);
    bytes start;
    stream.read_all(start, 4, "capture file");
    for (const auto order : {std::endian::little, std::endian::big}) {
        switch (detail::load<std::uint32_t>(start.data(), order)) {
            case pcap_microseconds:
            case pcap_nanoseconds:
                return open_pcap(stream, start, limits);
            case pcapng::section_header:
                return open_pcapng(stream, start, limits);
            default:
                break;
        }
    }
    refuse_capture("capture file", 0, "begins neither like pcap nor like pcapng");
}

}  // namespace

capture_reader::capture_reader(std::istream& in, const capture_limits& limits)
    : source_(open(in, limits)) {}
capture_reader::capture_reader(capture_reader&&) noexcept = default;
capture_reader& capture_reader::operator=(capture_reader&&) noexcept = default;
capture_reader::~capture_reader() = default;

std::optional<captured_packet> capture_reader::next() {
    return source_->next();
}

capture_format capture_reader::format() const noexcept {
    return source_->format;
}
const std::vector<capture_interface>& capture_reader::interfaces() const noexcept {
    return source_->interfaces;
}
const std::vector<capture_origin>& capture_reader::sections() const noexcept {
    return source_->sections;
}
const std::vector<capture_name>& capture_reader::names() const noexcept {
    return source_->names;
}
const std::vector<capture_statistics>& capture_reader::statistics() const noexcept {
    return source_->statistics;
}
const std::vector<capture_secrets>& capture_reader::secrets() const noexcept {
    return source_->secrets;
}

}  // namespace zocalo::net::packet
