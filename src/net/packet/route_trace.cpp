// SPDX-License-Identifier: MIT
// Question number n goes to port + n, for that is what an error report says about the datagram that
// it is about; routers need not quote more of it. Several are under way at once, nearest first, and
// none is sent beyond a distance that is known to be the last.
#include "zocalo/net/packet/route_trace.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "net/packet/hear.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/icmpv6.hpp"

namespace zocalo::net::packet {

namespace {

void check(const trace_options& options) {
    constexpr unsigned most_hops = 255;
    constexpr unsigned most_probes = 10;
    constexpr std::size_t largest = 1400;
    constexpr std::size_t ports = 65536;
    const auto want = [](bool sound, const std::string& what) {
        if (!sound) throw std::invalid_argument("trace_options: " + what);
    };
    const auto number = [](std::size_t value) { return std::to_string(value); };
    want(options.first >= 1, "the first distance is 0");
    want(options.first <= options.last, "the first distance, " + number(options.first) +
                                            ", is beyond the last, " + number(options.last));
    want(options.last <= most_hops, "the last distance is beyond " + number(most_hops));
    want(options.probes >= 1 && options.probes <= most_probes,
         number(options.probes) + " probes are not 1 to " + number(most_probes));
    want(options.size <= largest, number(options.size) + " bytes are more than " + number(largest));
    want(options.at_once >= 1, "at_once is 0");
    want(options.wait.count() > 0, "the wait is not above 0");
    const std::size_t questions = std::size_t{options.last - options.first + 1} * options.probes;
    want(options.port != 0 && options.port + questions <= ports,
         number(questions) + " questions have not enough ports from " + number(options.port) +
             " on");
}

using origin = error_report::origin_type;

bool is_icmp(const error_report& report, icmp_type type) {
    return report.origin == origin::icmp && icmp_type{report.type} == type;
}
bool is_icmp6(const error_report& report, icmpv6_type type) {
    return report.origin == origin::icmp6 && icmpv6_type{report.type} == type;
}

/// A router has thrown it away after as many hops as it was allowed.
bool went_too_far(const error_report& report) {
    return is_icmp(report, icmp_type::time_exceeded) ||
           is_icmp6(report, icmpv6_type::time_exceeded);
}

bool found_no_port(const error_report& report) {
    constexpr std::uint8_t no_port = 3;
    constexpr std::uint8_t no_port6 = 4;
    return (is_icmp(report, icmp_type::destination_unreachable) && report.code == no_port) ||
           (is_icmp6(report, icmpv6_type::destination_unreachable) && report.code == no_port6);
}

trace_stop stop_of(const std::optional<error_report>& report) {
    if (!report || found_no_port(*report)) return trace_stop::host;
    return went_too_far(*report) ? trace_stop::router : trace_stop::refusal;
}

}  // namespace

route_trace::route_trace(const address& host, const trace_options& options)
    : socket_(host.family(), type::datagram), host_(host), options_(options), end_(options.last) {
    check(options);
    questions_.resize(std::size_t{options.last - options.first + 1} * options.probes);
    payload_.resize(options.size);
    buffer_.resize(std::size_t{1500});
    prepare_to_hear(socket_);
}

unsigned route_trace::distance_of(std::size_t number) const noexcept {
    return options_.first + static_cast<unsigned>(number / options_.probes);
}

/// How many questions are worth asking.
std::size_t route_trace::wanted() const noexcept {
    return std::size_t{end_ - options_.first + 1} * options_.probes;
}

void route_trace::send_more() {
    while (sent_ < wanted() && open_ < options_.at_once) {
        question& next = questions_[sent_];
        set_hop_limit(socket_, static_cast<int>(distance_of(sent_)));
        next.sent = std::chrono::steady_clock::now();
        next.is_open = true;
        ask(socket_, payload_, endpoint(host_, static_cast<std::uint16_t>(options_.port + sent_)));
        ++sent_;
        ++open_;
    }
}

void route_trace::take(std::size_t number, const trace_answer& answer) {
    question& about = questions_[number];
    about.answer = answer;
    about.is_open = false;
    --open_;
    if (answer.stop != trace_stop::router) end_ = std::min(end_, distance_of(number));
}

void route_trace::hear_one() {
    const auto oldest = std::ranges::find_if(questions_, &question::is_open);
    const auto left = oldest->sent + options_.wait - std::chrono::steady_clock::now();
    const auto heard = hear(socket_, buffer_, deadline{left});
    if (!heard || !heard->peer.is_inet() || heard->peer.ip() != host_) return;
    const auto number = static_cast<std::size_t>(heard->peer.port() - options_.port);
    if (number >= sent_ || !questions_[number].is_open) return;
    trace_answer answer{.stop = stop_of(heard->report),
                        .from = host_,
                        .round_trip = heard->at - questions_[number].sent,
                        .report = heard->report};
    if (heard->report && heard->report->offender.is_inet()) {
        answer.from = heard->report->offender.ip();
    }
    take(number, answer);
}

void route_trace::give_up_late_ones() {
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < sent_; ++i) {
        question& one = questions_[i];
        if (!one.is_open || one.sent + options_.wait > now) continue;
        one.is_open = false;
        --open_;
    }
}

/// Whether all questions about one distance were answered or given up.
bool route_trace::is_known(std::size_t first_question) const noexcept {
    if (sent_ < first_question + options_.probes) return false;
    const auto* const from = &questions_[first_question];
    return std::none_of(from, from + options_.probes, [](const auto& one) { return one.is_open; });
}

std::optional<trace_hop> route_trace::next() {
    const std::size_t first = shown_ * options_.probes;
    if (options_.first + shown_ > end_) return std::nullopt;
    for (send_more(); !is_known(first); send_more()) {
        hear_one();
        give_up_late_ones();
    }
    trace_hop hop{.distance = distance_of(first)};
    for (std::size_t i = first; i < first + options_.probes; ++i) {
        hop.answers.push_back(questions_[i].answer);
        if (hop.answers.back() && hop.answers.back()->stop == trace_stop::host) reached_ = true;
    }
    ++shown_;
    return hop;
}

}  // namespace zocalo::net::packet
