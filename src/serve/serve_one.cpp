// SPDX-License-Identifier: MIT
#include "zocalo/serve/serve_one.hpp"

#include <memory>
#include <utility>

#include "serve/guard.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::serve {

namespace {

detail::past past_within(const limits& within) {
    return {.within = std::make_shared<const limits>(within)};
}

/// A limit in time that was passed is the reason, and not that the handler was ended for it.
void settle(io::detail::task_member<void>& talked, const detail::guard& watch, const peer& who) {
    try {
        talked.take();
    } catch (const net::stopped&) {
        if (watch.why() == detail::verdict::none) throw;
        std::rethrow_exception(watch.time_is_up(who));
    }
}

}  // namespace

io::task<> serve_one(handler talk, io::stream client, peer who, limits within) {
    io::detail::wait_queue nobody;
    detail::guard watch(past_within(within), nobody);
    connection talking(std::move(client), std::move(who), 1, watch);
    co_await watch.opened();
    io::task<> dialogue = talk(talking);
    io::detail::task_member<void> member({watch, dialogue});
    watch.arm();
    member.start();
    co_await watch.joined();
    settle(member, watch, talking.peer());
}

}  // namespace zocalo::serve
