// SPDX-License-Identifier: MIT
// With receive_errors on, the kernel reports an ICMP error twice: in the error queue, which says
// whose and about what, and as the result of the next call on the socket, which says neither.
#include "net/packet/hear.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "net/fail.hpp"
#include "sys/wait.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"

namespace zocalo::net::packet {

namespace {

/// The kernel's time stamp is of the clock on the wall; its age is the same on every clock. The
/// wall is looked at first: whatever comes between makes the arrival later, and never earlier than
/// the question.
steady_time arrival_of(const control_view& told) {
    using std::chrono::nanoseconds;
    const auto on_wall = std::chrono::system_clock::now();
    const auto now = std::chrono::steady_clock::now();
    const auto stamp = told.time();
    if (!stamp) return now;
    const auto age = on_wall - *stamp;
    return now - std::clamp(nanoseconds(age), nanoseconds(0), nanoseconds(std::chrono::seconds(1)));
}

std::optional<heard> receive(socket& asking, mutable_buffer into, message_flag from,
                             std::error_code& error) {
    incoming_control control(0, 512);
    const received_message message = asking.try_recv_msg({.data = into, .control = &control}, error,
                                                         from | message_flag::dont_wait);
    if (error) return std::nullopt;
    return heard{.size = message.size,
                 .peer = message.peer,
                 .report = control.error(),
                 .hop_limit = control.hop_limit(),
                 .at = arrival_of(control)};
}

}  // namespace

void prepare_to_hear(socket& asking) {
    asking.set(option::timestamp_ns{true});
    if (asking.family() == family::inet6) {
        asking.set(option::ipv6::receive_errors{true});
        asking.set(option::ipv6::receive_hop_limit{true});
    } else {
        asking.set(option::ip::receive_errors{true});
        asking.set(option::ip::receive_ttl{true});
    }
}

void set_hop_limit(socket& asking, int hops) {
    if (asking.family() == family::inet6) {
        asking.set(option::ipv6::unicast_hops{hops});
    } else {
        asking.set(option::ip::ttl{hops});
    }
}

void ask(socket& asking, const_buffer question, const endpoint& whom) {
    const transfer first = asking.try_send_to(question, whom);
    if (first.error) asking.send_to(question, whom);
}

std::optional<heard> hear(socket& asking, mutable_buffer into, const deadline& until) {
    for (bool was_told = false;;) {
        std::error_code error;
        if (auto report = receive(asking, into, message_flag::errqueue, error)) return report;
        if (auto answer = receive(asking, into, {}, error)) return answer;
        if (error != std::errc::resource_unavailable_try_again) {
            if (was_told) fail("hear an answer", asking, error.value());
            was_told = true;
            continue;
        }
        const int waited = sys::wait_ready(asking.fileno(), POLLIN, until, asking.stop_fileno());
        if (waited == -ETIMEDOUT) return std::nullopt;
        if (waited < 0) fail("hear an answer", asking, waited);
    }
}

}  // namespace zocalo::net::packet
