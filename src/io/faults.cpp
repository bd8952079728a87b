// SPDX-License-Identifier: MIT
#include "zocalo/io/faults.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "io/fault_injector.hpp"
#include "io/here.hpp"
#include "net/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::io {

std::string_view to_text(operation_kind kind) noexcept {
    switch (kind) {
        case operation_kind::listen:
            return "listen";
        case operation_kind::accept:
            return "accept";
        case operation_kind::connect:
            return "connect";
        case operation_kind::receive:
            return "receive";
        case operation_kind::send:
            return "send";
        case operation_kind::receive_datagrams:
            return "receive datagrams";
        case operation_kind::send_datagrams:
            return "send datagrams";
        case operation_kind::wait_ready:
            return "wait for readiness";
        case operation_kind::open_file:
            return "open a file";
        case operation_kind::read_file:
            return "read a file";
        case operation_kind::write_file:
            return "write a file";
        case operation_kind::sync_file:
            return "sync a file";
        case operation_kind::manage_file:
            return "manage a file";
        case operation_kind::finish:
            return "finish";
    }
    return "unknown";
}

fault_hook fail_nth(std::uint64_t n, std::errc error) {
    return [=](const coming_operation& what) {
        return what.number == n ? fault{.error = error} : fault{};
    };
}

fault_hook fail_nth(operation_kind kind, std::uint64_t n, std::errc error) {
    return [=, count = std::uint64_t{0}](const coming_operation& what) mutable {
        return what.kind == kind && ++count == n ? fault{.error = error} : fault{};
    };
}

fault_hook in_pieces(std::size_t most) {
    if (most == 0) throw std::invalid_argument("io::in_pieces: pieces of 0 bytes");
    return [=](const coming_operation& /*what*/) { return fault{.most = most}; };
}

namespace detail {

namespace {

task<> go_wrong(fault what, const char* verb, net::endpoint address) {
    if (what.delay.count() > 0) co_await sleep(what.delay);
    if (what.error == std::errc{}) co_return;
    if (address.size() == 0) net::fail(verb, static_cast<int>(what.error));
    net::fail(verb, address, static_cast<int>(what.error));
}

/// The operation that the hook has been asked about.
template <class Awaitable, class... Arguments>
Awaitable undisturbed(Arguments&&... arguments) {
    Awaitable made(std::forward<Arguments>(arguments)...);
    made.leave_alone();
    return made;
}

std::size_t at_least_one(std::size_t most) noexcept {
    return std::max<std::size_t>(most, 1);
}

}  // namespace

std::optional<fault> ask_hook(fiber& in, operation_kind kind, transport* on) {
    if (in.cancelled() || on == nullptr || on->native() == nullptr) {
        return std::nullopt;
    }
    const bool own = kind == operation_kind::accept || kind == operation_kind::receive_datagrams;
    const fault asked =
        in.engine().faults()->next(kind, own ? on->local_endpoint() : on->peer_endpoint());
    return asked.is_none() ? std::nullopt : std::optional(asked);
}

task<> ask_and_go_wrong(operation_kind kind, const char* verb, net::endpoint address) {
    fault_injector* const faults = (co_await here()).engine().faults();
    if (faults != nullptr) co_await go_wrong(faults->next(kind, address), verb, address);
}

task<std::size_t> go_wrong_with_file(operation_kind kind, const char* verb,
                                     const std::string& path) {
    fiber& in = co_await here();
    if (in.engine().faults() == nullptr || in.cancelled()) co_return SIZE_MAX;
    const fault what = in.engine().faults()->next(kind, {}, path);
    const std::string operation = std::string(verb) + ' ' + quoted(path);
    co_await go_wrong(what, operation.c_str(), {});
    co_return at_least_one(what.most);
}

task<chunk> read_wrongly(transport& from, fault what) {
    co_await go_wrong(what, "receive from", from.peer_endpoint());
    if (what.most >= chunk_size) {
        auto whole = undisturbed<awaitable_transfer<read_transfer>>(&from);
        co_return co_await whole;
    }
    std::byte* const buffer = take_buffer();
    chunk room(buffer, chunk_size);  // given back when something fails
    auto part = undisturbed<awaitable_transfer<read_some_transfer>>(
        &from, mutable_buffer(buffer, at_least_one(what.most)));
    const std::size_t got = co_await part;
    if (got == 0) co_return chunk();
    room.shrink(got);
    co_return room;
}

task<std::size_t> read_some_wrongly(transport& from, mutable_buffer into, fault what) {
    co_await go_wrong(what, "receive from", from.peer_endpoint());
    auto part = undisturbed<awaitable_transfer<read_some_transfer>>(
        &from, into.first(at_least_one(what.most)));
    co_return co_await part;
}

task<> write_wrongly(transport& to, std::span<const const_buffer> pieces, fault what) {
    co_await go_wrong(what, "send to", to.peer_endpoint());
    for (const const_buffer& each : pieces) {
        for (const_buffer rest = each; !rest.empty();) {
            const const_buffer part = rest.first(at_least_one(what.most));
            auto sending = undisturbed<awaitable_transfer<write_transfer>>(&to, part);
            co_await sending;
            rest = rest.without(part.size());
        }
    }
}

task<> wait_wrongly(transport& on, ready_operation::direction wanted, fault what) {
    co_await go_wrong(what, "wait for a descriptor", {});
    auto waiting = undisturbed<awaitable<ready_operation>>(&on, wanted);
    co_await waiting;
}

task<std::unique_ptr<transport>> accept_wrongly(transport& from, fault what) {
    co_await go_wrong(what, "accept on", from.local_endpoint());
    auto accepting = undisturbed<awaitable<accept_operation>>(&from);
    stream accepted = co_await accepting;
    co_return accepted.release();
}

task<std::unique_ptr<transport>> connect_wrongly(net::endpoint to, net::endpoint from,
                                                 const socket_settings* settings,
                                                 net::protocol protocol, fault what) {
    co_await go_wrong(what, "connect to", to);
    auto connecting = undisturbed<awaitable<connect_operation>>(to, from, settings, protocol);
    stream connected = co_await connecting;
    co_return connected.release();
}

task<net::received> receive_wrongly(descriptor& from, net::recv_batch* batch, mutable_buffer into,
                                    fault what) {
    co_await go_wrong(what, "receive a datagram on", from.local_endpoint());
    if (batch == nullptr) {
        auto one = undisturbed<awaitable<receive_from_operation>>(&from, into);
        co_return co_await one;
    }
    auto many = undisturbed<awaitable<receive_batch_operation>>(&from, *batch);
    co_return net::received{co_await many, {}};
}

task<> send_wrongly(descriptor& through, const net::send_batch* batch, const_buffer data,
                    const net::endpoint* to, fault what) {
    co_await go_wrong(what, "send a datagram to", to == nullptr ? net::endpoint{} : *to);
    auto sending = batch == nullptr
                       ? undisturbed<awaitable<send_packets_operation>>(&through, data, to)
                       : undisturbed<awaitable<send_packets_operation>>(&through, *batch);
    co_await sending;
}

}  // namespace detail

}  // namespace zocalo::io
