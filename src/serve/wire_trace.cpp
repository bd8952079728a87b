// SPDX-License-Identifier: MIT
#include "zocalo/serve/wire_trace.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <utility>

#include "zocalo/io/transport.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/packet/ipv6.hpp"
#include "zocalo/net/packet/tcp.hpp"

namespace zocalo::serve {

namespace {

namespace packet = net::packet;
using packet::tcp_flag;

/// The watcher may close the stream, and this goes away: what calls it shares it, and looks at
/// nothing else afterwards.
class watched final : public io::transport {
 public:
    watched(io::stream below, wire_watcher watcher)
        : below_(std::move(below)),
          watcher_(std::make_shared<const wire_watcher>(std::move(watcher))) {}

    io::task<io::chunk> read() override {
        io::chunk got = co_await below_.read();
        if (!got.empty()) tell(flow::received, got.text());
        co_return got;
    }
    io::task<std::size_t> read_some(mutable_buffer into) override {
        const std::size_t got = co_await below_.read_some(into);
        if (got > 0) tell(flow::received, const_buffer(into.first(got)).text());
        co_return got;
    }
    io::task<> write(std::span<const const_buffer> pieces) override {
        co_await below_.write(pieces);
        const std::shared_ptr<const wire_watcher> watcher = watcher_;
        for (const const_buffer& one : pieces)
            (*watcher)(flow::sent, one.text());
    }
    io::task<> finish() override { return below_.finish(); }
    [[nodiscard]] net::endpoint local_endpoint() const override { return below_.local_endpoint(); }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return below_.peer_endpoint(); }

 private:
    void tell(flow which, std::string_view bytes) const {
        const std::shared_ptr<const wire_watcher> watcher = watcher_;
        (*watcher)(which, bytes);
    }

    io::stream below_;
    std::shared_ptr<const wire_watcher> watcher_;
};

constexpr std::size_t largest_segment = std::size_t{16} * 1024;

/// Addresses of one family: IPv6 only where both are.
net::endpoint as_inet(const net::endpoint& where) {
    if (!where.is_inet()) return {net::address::loopback_v4(), 0};
    return {where.ip().unmapped().with_scope(0), where.port()};
}

packet::bytes ip_packet(const net::address& from, const net::address& to,
                        const packet::bytes& segment) {
    if (from.is_v4()) {
        packet::ipv4_header header;
        header.protocol = packet::ip_protocol::tcp;
        header.source = from;
        header.destination = to;
        return header.build(segment);
    }
    packet::ipv6_header header;
    header.next_header = packet::ip_protocol::tcp;
    header.source = from;
    header.destination = to;
    return header.build(segment);
}

}  // namespace

io::stream watch(io::stream what, wire_watcher watcher) {
    return io::stream(std::make_unique<watched>(std::move(what), std::move(watcher)));
}

dialogue_capture::dialogue_capture(packet::pcapng_writer& to, std::uint32_t interface,
                                   const net::endpoint& local, const net::endpoint& peer)
    : to_(to), interface_(interface), local_{as_inet(local), 0}, peer_{as_inet(peer), 0} {
    if (local_.where.family() != peer_.where.family()) {
        local_.where = {net::address::loopback_v4(), local_.where.port()};
        peer_.where = {net::address::loopback_v4(), peer_.where.port()};
    }
    write(peer_, local_, tcp_flag::syn, {});
    peer_.next = 1;
    write(local_, peer_, tcp_flag::syn | tcp_flag::ack, {});
    local_.next = 1;
    write(peer_, local_, tcp_flag::ack, {});
}

void dialogue_capture::add(flow which, std::string_view bytes) {
    end& from = which == flow::received ? peer_ : local_;
    const end& to = which == flow::received ? local_ : peer_;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, largest_segment);
        write(from, to, tcp_flag::psh | tcp_flag::ack, part);
        from.next += static_cast<std::uint32_t>(part.size());
        bytes.remove_prefix(part.size());
    }
}

void dialogue_capture::write(const end& from, const end& to, tcp_flag flags,
                             std::string_view payload) {
    packet::tcp_header header;
    header.source_port = from.where.port();
    header.destination_port = to.where.port();
    header.sequence = from.next;
    header.acknowledgement = zocalo::has(flags, tcp_flag::ack) ? to.next : 0;
    header.flags = flags;
    const net::address source = from.where.ip();
    const net::address destination = to.where.ip();
    const packet::bytes whole =
        ip_packet(source, destination, header.build(payload, source, destination));
    packet::captured_packet captured;
    captured.interface = interface_;
    captured.first = packet::link_type::raw_ip;
    captured.time = std::chrono::system_clock::now();
    captured.data = whole;
    captured.outgoing = &from == &local_;
    to_.write(captured);
}

}  // namespace zocalo::serve
