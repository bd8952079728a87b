// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/arp_scan.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "zocalo/core/deadline.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/packet/ethernet.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::size_t most_answers = 4;  // of different cards for one address

/// The address of ours that those in `where` would answer; 0.0.0.0, as in a probe (RFC 5227), when
/// the interface has none.
address address_to_ask_from(std::uint32_t index, const network& where) {
    address chosen = address::any_v4();
    for (const interface& one : interfaces()) {
        if (one.index != index) continue;
        for (const interface_address& own : one.addresses) {
            if (own.ip.is_v6()) continue;
            if (where.contains(own.ip)) return own.ip;
            if (chosen.is_unspecified()) chosen = own.ip;
        }
    }
    return chosen;
}

std::vector<address> addresses_of(const network& where, const arp_scan_options& options) {
    const auto size = where.size();
    if (where.first().is_v6()) {
        throw std::invalid_argument("ARP is for IPv4, not for " + where.to_string());
    }
    if (!size || *size > options.most_addresses) {
        throw std::invalid_argument(where.to_string() + " has more than " +
                                    std::to_string(options.most_addresses) + " addresses");
    }
    std::vector<address> all;
    for (const address ip : where.hosts())
        all.push_back(ip);
    return all;
}

}  // namespace

arp_scan::arp_scan(std::string_view interface, const network& where,
                   const arp_scan_options& options)
    : socket_(interface, {.type = ethertype::arp, .outgoing = false}),
      options_(options),
      addresses_(addresses_of(where, options)) {
    constexpr std::uint16_t ethernet = 1;
    const packet_address card = socket_.base().local_endpoint().packet();
    if (card.interface == 0 || card.hardware_type != ethernet) {
        throw std::invalid_argument("interface " + quoted(interface) + " is no Ethernet card");
    }
    own_hardware_ = card.hardware;
    own_ = address_to_ask_from(card.interface, where);
    std::erase(addresses_, own_);
    questions_.resize(addresses_.size());
}

void arp_scan::send(std::size_t number, steady_time now) {
    questions_[number].sent = now;
    const arp_message who_has{
        .sender_hardware = own_hardware_, .sender = own_, .target = addresses_[number]};
    socket_.send(ethernet_header{.destination = hardware_address::broadcast(),
                                 .source = own_hardware_,
                                 .type = ethertype::arp}
                     .build(who_has.build()));
}

/// Asks the next silent one, or ends the round.
void arp_scan::send_due(steady_time now) {
    while (position_ < questions_.size() && !questions_[position_].answers.empty())
        ++position_;
    if (position_ < questions_.size()) {
        send(position_++, now);
        next_at_ = now + options_.pause;
        if (position_ < questions_.size()) return;
    }
    next_at_ = now + options_.wait;
    position_ = 0;
    const bool all_answered =
        std::ranges::none_of(questions_, [](const question& one) { return one.answers.empty(); });
    round_ = all_answered ? options_.rounds : round_ + 1;
}

std::optional<received_frame> arp_scan::hear(steady_time until) {
    socket_.set_timeout(until - std::chrono::steady_clock::now());
    try {
        return socket_.recv();
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::timed_out ||
            error.code() == std::errc::resource_unavailable_try_again) {
            return std::nullopt;
        }
        throw;
    }
}

std::optional<arp_neighbour> arp_scan::read(const received_frame& frame) {
    const auto ethernet = ethernet_view::try_parse(frame.data);
    if (!ethernet || ethernet->type() != ethertype::arp) return std::nullopt;
    const auto arp = arp_view::try_parse(ethernet->payload());
    const auto message = arp ? arp->message() : std::nullopt;
    if (!message || message->operation != arp_operation::reply) return std::nullopt;
    const auto place = std::ranges::lower_bound(addresses_, message->sender);
    if (place == addresses_.end() || *place != message->sender) return std::nullopt;
    question& about = questions_[static_cast<std::size_t>(place - addresses_.begin())];
    const bool is_known =
        std::ranges::find(about.answers, message->sender_hardware) != about.answers.end();
    if (about.sent == steady_time{} || is_known || about.answers.size() == most_answers) {
        return std::nullopt;
    }
    about.answers.push_back(message->sender_hardware);
    return arp_neighbour{.ip = message->sender,
                         .hardware = message->sender_hardware,
                         .round_trip = std::chrono::steady_clock::now() - about.sent,
                         .is_contested = about.answers.size() > 1};
}

std::optional<arp_neighbour> arp_scan::next() {
    for (;;) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= next_at_) {
            if (round_ == options_.rounds || questions_.empty()) return std::nullopt;
            send_due(now);
        }
        if (const auto frame = hear(next_at_)) {
            if (auto found = read(*frame)) return found;
        }
    }
}

}  // namespace zocalo::net::packet
