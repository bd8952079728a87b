// SPDX-License-Identifier: MIT
// pcapng is a row of blocks: type, length, body, length again. A section header tells the byte
// order of what follows it and starts the numbering of interfaces anew; here the interfaces of all
// sections are in one list, so a section remembers where its own begin.
#include <algorithm>

#include "net/packet/capture_clock.hpp"
#include "net/packet/capture_source.hpp"
#include "net/packet/pcapng_format.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net::packet {

namespace {

std::string text_of(std::span<const std::byte> run) {
    return std::string(const_buffer(run).text());
}

template <class Number>
std::optional<Number> number_of(std::span<const std::byte> run, std::endian order) noexcept {
    if (run.size() != sizeof(Number)) return std::nullopt;
    return detail::load<Number>(run.data(), order);
}

/// Calls `each(code, value)` for the options that are left in `in`.
template <class Each>
void read_options(reader& in, Each each) {
    while (in.left() >= 4) {
        const std::uint16_t code = in.u16("option code");
        const std::size_t size = in.u16("option length");
        if (code == pcapng::end_of_options) return;
        const auto value = in.take(size, "option");
        in.take(std::min((4 - size % 4) % 4, in.left()), "padding");
        in.check();
        each(code, value);
    }
}

class pcapng_source final : public capture_source {
 public:
    pcapng_source(capture_stream in, const bytes& start, const capture_limits& limits)
        : in_(in), limits_(limits) {
        format = capture_format::pcapng;
        read_block(start);
    }

    std::optional<captured_packet> next() override {
        for (;;) {
            start_ = in_.offset();
            bytes type;
            in_.read(type, 4);
            if (type.empty()) return std::nullopt;
            if (type.size() < 4) refuse("the file ends within it");
            if (auto packet = read_block(type)) return packet;
        }
    }

 private:
    [[noreturn]] void refuse(std::string_view why) const {
        refuse_capture("pcapng block", start_, why);
    }

    /// The rest of a block whose type is read; a packet when it is one.
    std::optional<captured_packet> read_block(const bytes& type_bytes) {
        bytes front;
        in_.read_all(front, 4, "pcapng block");
        if (detail::load<std::uint32_t>(type_bytes.data(), order_) == pcapng::section_header) {
            bytes magic;
            in_.read_all(magic, 4, "pcapng byte-order magic");
            set_order(magic);
            read_body(front, 4);
            read_section();
            return std::nullopt;
        }
        read_body(front, 0);
        return read_by_type(detail::load<std::uint32_t>(type_bytes.data(), order_));
    }

    void set_order(const bytes& magic) {
        for (const auto order : {std::endian::little, std::endian::big}) {
            if (detail::load<std::uint32_t>(magic.data(), order) == pcapng::byte_order_magic) {
                order_ = order;
                return;
            }
        }
        refuse("a byte-order magic of neither order");
    }

    /// Fills body_ without its first `done` bytes, which are read already.
    void read_body(const bytes& length_bytes, std::size_t done) {
        const std::size_t length = detail::load<std::uint32_t>(length_bytes.data(), order_);
        if (length % 4 != 0) refuse("a length that is no multiple of 4");
        if (length < pcapng::frame_size + done) refuse("a length below the smallest");
        if (length > limits_.largest_block) refuse("longer than the limit");
        in_.read_all(body_, length - pcapng::frame_size - done, "pcapng block");
        bytes back;
        in_.read_all(back, 4, "pcapng block length");
        if (back != length_bytes) refuse("its two lengths differ");
        body_offset_ = in_.offset() - 4 - body_.size();
    }

    [[nodiscard]] reader body(std::string_view what) const noexcept {
        return {body_, what, body_offset_, order_};
    }

    std::optional<captured_packet> read_by_type(std::uint32_t type) {
        switch (type) {
            case pcapng::interface_description:
                read_interface();
                return std::nullopt;
            case pcapng::name_resolution:
                read_names();
                return std::nullopt;
            case pcapng::interface_statistics:
                read_statistics();
                return std::nullopt;
            case pcapng::decryption_secrets:
                read_secrets();
                return std::nullopt;
            case pcapng::enhanced_packet:
                return read_enhanced();
            case pcapng::packet_obsolete:
                return read_obsolete();
            case pcapng::simple_packet:
                return read_simple();
            default:
                return std::nullopt;
        }
    }

    /// Counts what is kept until the end against the limit.
    void keep() { keep(body_.size() + 64); }

    void keep(std::size_t size) {
        kept_ += size;
        if (kept_ > limits_.most_kept) refuse("names, statistics and secrets pass the limit");
    }

    void read_section() {
        keep();
        reader in = body("pcapng section header");
        if (in.u16("version") != 1) in.fail("version", 0, "not 1");
        in.take(10, "version and section length");
        capture_origin origin;
        read_options(in, [&](std::uint16_t code, auto value) {
            if (code == pcapng::comment) origin.comment = text_of(value);
            if (code == pcapng::section_hardware) origin.hardware = text_of(value);
            if (code == pcapng::section_system) origin.system = text_of(value);
            if (code == pcapng::section_application) origin.application = text_of(value);
        });
        in.check();
        sections.push_back(std::move(origin));
        section_start_ = interfaces.size();
    }

    void read_interface() {
        keep();
        if (interfaces.size() >= limits_.most_interfaces) refuse("too many interfaces");
        reader in = body("pcapng interface");
        capture_interface interface;
        capture_clock clock;
        interface.first = link_type{in.u16("link type")};
        in.u16("reserved");
        interface.snap_length = in.u32("snap length");
        read_options(in, [&](std::uint16_t code, auto value) {
            if (code == pcapng::comment) interface.comment = text_of(value);
            if (code == pcapng::interface_name) interface.name = text_of(value);
            if (code == pcapng::interface_text) interface.description = text_of(value);
            // The first byte says in which language the filter is; 0 is tcpdump's.
            if (code == pcapng::interface_filter && !value.empty() && value[0] == std::byte{0}) {
                interface.filter = text_of(value.subspan(1));
            }
            if (code == pcapng::interface_resolution && value.size() == 1) {
                const auto units = capture_clock::units(std::to_integer<std::uint8_t>(value[0]));
                if (!units) refuse("a time resolution that 64 bits cannot count");
                clock.units_a_second = *units;
            }
            if (code == pcapng::interface_time_offset) {
                const auto offset = number_of<std::uint64_t>(value, order_);
                clock.offset_seconds = static_cast<std::int64_t>(offset.value_or(0));
            }
        });
        in.check();
        interfaces.push_back(std::move(interface));
        clocks_.push_back(clock);
    }

    /// The place in the list of all sections of an interface that this section numbers `id`.
    std::size_t place_of(std::uint32_t id) const {
        if (id >= interfaces.size() - section_start_) refuse("an interface that was not described");
        return section_start_ + id;
    }

    captured_packet packet_on(std::uint32_t id) const {
        captured_packet packet;
        const std::size_t place = place_of(id);
        packet.interface = static_cast<std::uint32_t>(place);
        packet.first = interfaces[place].first;
        return packet;
    }

    captured_packet read_enhanced() const {
        reader in = body("pcapng packet");
        captured_packet packet = packet_on(in.u32("interface"));
        read_time_and_data(in, packet);
        return packet;
    }

    captured_packet read_obsolete() const {
        reader in = body("pcapng obsolete packet");
        captured_packet packet = packet_on(in.u16("interface"));
        in.u16("drops");
        read_time_and_data(in, packet);
        return packet;
    }

    void read_time_and_data(reader& in, captured_packet& packet) const {
        const std::uint64_t high = in.u32("time");
        const std::uint64_t count = high << 32 | in.u32("time");
        const std::size_t size = in.u32("captured length");
        const std::size_t wire = in.u32("length");
        packet.time = clocks_[packet.interface].time(count);
        packet.data = in.take(size, "data");
        packet.wire_length = std::max(wire, packet.data.size());
        in.take(std::min((4 - size % 4) % 4, in.left()), "padding");
        in.check();
        read_options(in, [&](std::uint16_t code, auto value) {
            if (code == pcapng::comment) packet.comment = text_of(value);
            if (code != pcapng::packet_flags) return;
            const unsigned direction = number_of<std::uint32_t>(value, order_).value_or(0) & 3U;
            if (direction == 1) packet.outgoing = false;
            if (direction == 2) packet.outgoing = true;
        });
        in.check();
    }

    captured_packet read_simple() const {
        reader in = body("pcapng simple packet");
        captured_packet packet = packet_on(0);
        packet.wire_length = in.u32("length");
        in.check();
        const std::size_t snap = interfaces[packet.interface].snap_length;
        const std::size_t size =
            snap == 0 ? packet.wire_length : std::min(packet.wire_length, snap);
        packet.data = in.take(size, "data");
        in.check();
        return packet;
    }

    void read_names() {
        keep();
        reader in = body("pcapng names");
        for (;;) {
            const std::uint16_t kind = in.u16("record type");
            const std::size_t size = in.u16("record length");
            const auto record = in.take(size, "record");
            in.take(std::min((4 - size % 4) % 4, in.left()), "padding");
            in.check();
            if (kind == pcapng::name_end) return;
            if (kind == pcapng::name_ipv4) read_name<4>(record);
            if (kind == pcapng::name_ipv6) read_name<16>(record);
        }
    }

    template <std::size_t Size>
    void read_name(std::span<const std::byte> record) {
        reader in(record, "pcapng name", body_offset_, order_);
        keep(sizeof(capture_name));
        capture_name name;
        name.ip = address(in.fields<Size>("address").template octets<0, Size>());
        in.check();
        std::string_view rest = const_buffer(in.rest()).text();
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\0'), rest.size());
            if (end != 0) {
                keep(sizeof(std::string));
                name.names.emplace_back(rest.substr(0, end));
            }
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        names.push_back(std::move(name));
    }

    void read_statistics() {
        keep();
        reader in = body("pcapng statistics");
        capture_statistics counted;
        const std::size_t place = place_of(in.u32("interface"));
        const std::uint64_t high = in.u32("time");
        const auto time = clocks_[place].time(high << 32 | in.u32("time"));
        read_options(in, [&](std::uint16_t code, auto value) {
            const auto count = number_of<std::uint64_t>(value, order_).value_or(0);
            if (code == pcapng::statistics_received) counted.received = count;
            if (code == pcapng::statistics_dropped) counted.dropped = count;
        });
        in.check();
        counted.interface = static_cast<std::uint32_t>(place);
        counted.time = time.value_or(capture_time{});
        statistics.push_back(counted);
    }

    void read_secrets() {
        keep();
        reader in = body("pcapng secrets");
        capture_secrets secret;
        secret.type = in.u32("type");
        const auto data = in.take(in.u32("length"), "data");
        in.check();
        secret.data.assign(data.begin(), data.end());
        secrets.push_back(std::move(secret));
    }

    capture_stream in_;
    capture_limits limits_;
    std::endian order_ = std::endian::native;
    std::uint64_t start_ = 0;        // of the block at hand in the file
    std::uint64_t body_offset_ = 0;  // of body_ in the file
    bytes body_;
    std::size_t section_start_ = 0;
    std::vector<capture_clock> clocks_;  // one for each interface
    std::size_t kept_ = 0;
};

}  // namespace

std::unique_ptr<capture_source> open_pcapng(capture_stream in, const bytes& start,
                                            const capture_limits& limits) {
    return std::make_unique<pcapng_source>(in, start, limits);
}

}  // namespace zocalo::net::packet
