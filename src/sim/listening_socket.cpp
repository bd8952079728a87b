// SPDX-License-Identifier: MIT
#include "sim/listening_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/machine.hpp"
#include "sim/process.hpp"
#include "sim/stack.hpp"
#include "zocalo/io/detail/socket_operations.hpp"

namespace zocalo::sim::detail {

using io::detail::operation;

listening_socket::listening_socket(process& of, stack& in, const net::endpoint& where,
                                   const net::listen_options& options) noexcept
    : simulated_socket(of),
      process_(of),
      stack_(&in),
      local_(where),
      room_(options.backlog > 0 ? static_cast<std::size_t>(options.backlog) : 1),
      dual_stack_(options.dual_stack && options.family != net::family::inet6) {}

int listening_socket::open(process& of, net::endpoint where, const net::listen_options& options,
                           std::unique_ptr<listening_socket>& made) {
    if (options.type != net::type::stream || options.prepare || options.reuse_port) {
        return -EOPNOTSUPP;
    }
    stack& in = *of.on().net;
    if (const int bound = in.bind_streams(where, options.reuse_address); bound < 0) return bound;
    made.reset(new listening_socket(of, in, where, options));
    in.listen(*made, where);
    return 0;
}

listening_socket::~listening_socket() {
    stop();
}

/// Those that nobody has accepted are reset, as by Linux.
void listening_socket::stop() {
    stack* const in = std::exchange(stack_, nullptr);
    if (in == nullptr) return;
    in->stop_listening(local_);
    for (const auto& each : std::exchange(half_open_, {}))
        each->orphan_of_listener();
    for (const auto& each : std::exchange(ready_, {}))
        each->close(true);
}

void listening_socket::vanish() noexcept {
    stack_ = nullptr;
    half_open_.clear();
    ready_.clear();
}

int listening_socket::shutdown(net::direction /*which*/) noexcept {
    stop();
    retry();
    return 0;
}

void listening_socket::completed(connection& which) {
    auto kept = which.shared_from_this();
    lost(which);
    ready_.push_back(std::move(kept));
    retry();
}

void listening_socket::lost(const connection& which) noexcept {
    std::erase_if(half_open_, [&](const auto& each) { return each.get() == &which; });
}

bool listening_socket::attempt(operation& what) {
    const bool over = stack_ == nullptr;
    if (ready_.empty() && !over) return false;
    what.now = operation::state::done;
    what.result = over ? -EINVAL : 0;
    if (what.asked == operation::verb::accept && !over) {
        auto& accepting = static_cast<io::detail::accept_operation&>(what);
        auto next = std::move(ready_.front());
        ready_.pop_front();
        stack_->note("accept", next->remote());
        accepting.made = std::make_unique<stream_socket>(process_, std::move(next));
    }
    return true;
}

}  // namespace zocalo::sim::detail
