// SPDX-License-Identifier: MIT
#include "sim/who_waits.hpp"

#include "io/backend/descriptor.hpp"
#include "io/backend/file_operation.hpp"
#include "sim/trace.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/detail/socket_operations.hpp"

namespace zocalo::sim::detail {

using io::detail::operation;

namespace {

std::string on_socket(const operation& what) {
    const std::string here = what.on->local_endpoint().to_string();
    switch (what.asked) {
        case operation::verb::receive:
            return "receive from " + what.on->peer_endpoint().to_string();
        case operation::verb::send:
            return "send to " + what.on->peer_endpoint().to_string() + ", which does not read";
        case operation::verb::accept:
            return "accept on " + here;
        case operation::verb::connect:
            return "connect to " + what.on->peer_endpoint().to_string();
        case operation::verb::receive_packets:
            return "a datagram at " + here;
        default:
            return "readiness of " + here;
    }
}

std::string members_of(const io::detail::group& group) {
    std::string text;
    for (const io::detail::member* each = group.first(); each != nullptr;
         each = each->next_member()) {
        // The one that began first was linked last.
        text.insert(0, text.empty() ? what_waits(*each) : what_waits(*each) + "; ");
    }
    return "(" + text + ")";
}

}  // namespace

std::string what_waits(const io::detail::fiber& who) {
    const operation* const what = who.waits_for();
    if (what == nullptr) return "its turn";
    if (what->on != nullptr) return on_socket(*what);
    if (const auto* const group = dynamic_cast<const io::detail::group*>(what)) {
        return members_of(*group);
    }
    if (const auto* const timer = dynamic_cast<const io::detail::timer_operation*>(what)) {
        return "sleep until " + to_text(timer->at);
    }
    if (dynamic_cast<const io::detail::file_operation*>(what) != nullptr) return "the disk";
    return "another task";
}

}  // namespace zocalo::sim::detail
