// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/echo.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>

#include "net/fail.hpp"
#include "net/packet/hear.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/icmpv6.hpp"
#include "zocalo/net/packet/ipv4.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::size_t most_questions = 4096;
constexpr std::size_t largest = 65507;
constexpr std::size_t header_size = icmp_header::size;
static_assert(icmpv6_header::size == header_size);

/// An ICMP socket of one's own, or a raw one.
socket open_for_echoes(family family) {
    const protocol icmp = family == family::inet6 ? protocol::icmpv6 : protocol::icmp;
    try {
        return socket{family, type::datagram, icmp};
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::permission_denied &&
            error.code() != std::errc::protocol_not_supported)
            throw;
    }
    try {
        return socket{family, type::raw, icmp};
    } catch (const std::system_error& error) {
        fail("open a raw ICMP socket, for net.ipv4.ping_group_range allows no other",
             error.code().value());
    }
}

std::uint16_t random_identifier() {
    return static_cast<std::uint16_t>(std::random_device{}());
}

bytes pattern(std::size_t size) {
    bytes run(size);
    for (std::size_t i = 0; i < size; ++i)
        run[i] = static_cast<std::byte>(i & 0xFF);
    return run;
}

}  // namespace

/// An echo as it comes back, alone or in a report.
struct echo_socket::message {
    std::uint16_t sequence;
    std::span<const std::byte> payload;
};

echo_socket::echo_socket(const address& host, const echo_options& options)
    : socket_(open_for_echoes(host.family())),
      host_(host),
      identifier_(random_identifier()),
      questions_(most_questions) {
    if (options.size > largest) {
        throw std::invalid_argument("an echo carries at most 65507 bytes, not " +
                                    std::to_string(options.size));
    }
    if (options.hop_limit < 0 || options.hop_limit > 255) {
        throw std::invalid_argument("not a hop limit from 1 to 255: " +
                                    std::to_string(options.hop_limit));
    }
    payload_ = pattern(options.size);
    buffer_.resize(ipv4_header::largest_size + header_size + options.size + 1);
    prepare_to_hear(socket_);
    if (options.hop_limit != 0) set_hop_limit(socket_, options.hop_limit);
}

std::uint16_t echo_socket::send() {
    sequence_ = static_cast<std::uint16_t>(sequence_ + 1);
    // The kernel fills the checksum of ICMPv6, which needs the address that it sends from, and the
    // identifier of a socket that is not raw.
    const bytes echo =
        host_.is_v6()
            ? icmpv6_header::echo_request(identifier_, sequence_).build(payload_, host_, host_)
            : icmp_header::echo_request(identifier_, sequence_).build(payload_);
    questions_[sequence_ % most_questions] = {
        .sent = std::chrono::steady_clock::now(), .sequence = sequence_, .is_open = true};
    ask(socket_, echo, endpoint(host_, 0));
    return sequence_;
}

std::optional<echo_socket::message> echo_socket::read(std::span<const std::byte> data,
                                                      bool is_report) const {
    const auto take = [&](const auto& view, auto wanted) -> std::optional<message> {
        if (!view || view->type() != wanted) return std::nullopt;
        if (is_raw() && view->identifier() != identifier_) return std::nullopt;
        return message{view->sequence(), view->payload()};
    };
    if (host_.is_v6()) {
        return take(icmpv6_view::try_parse(data),
                    is_report ? icmpv6_type::echo_request : icmpv6_type::echo_reply);
    }
    if (is_raw() && !is_report) {
        const auto ip = ipv4_view::try_parse_cut(data);
        if (!ip) return std::nullopt;
        data = ip->payload();
    }
    return take(icmp_view::try_parse(data),
                is_report ? icmp_type::echo_request : icmp_type::echo_reply);
}

std::optional<echo_answer> echo_socket::next(const deadline& until) {
    for (;;) {
        const auto heard = hear(socket_, buffer_, until);
        if (!heard) return std::nullopt;
        const auto came = read(std::span(buffer_).first(heard->size), heard->report.has_value());
        if (!came) continue;
        question& about = questions_[came->sequence % most_questions];
        if (!about.is_open || about.sequence != came->sequence) continue;
        echo_answer answer{.sequence = came->sequence,
                           .from = heard->peer.ip(),
                           .round_trip = heard->at - about.sent,
                           .size = header_size + came->payload.size(),
                           .hop_limit = heard->hop_limit,
                           .again = about.is_answered,
                           .error = heard->report};
        if (heard->report) {
            const endpoint& offender = heard->report->offender;
            if (offender.is_inet()) answer.from = offender.ip();
        } else {
            answer.damaged = !std::ranges::equal(came->payload, payload_);
            about.is_answered = true;
        }
        return answer;
    }
}

}  // namespace zocalo::net::packet
