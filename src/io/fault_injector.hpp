// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "io/backend/contract.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"

/// How a fault comes about: the operation is not given to the backend, but to a task that waits,
/// fails, or does it in pieces by operations that nobody asks the hook about.
namespace zocalo::io::detail {

/// What a backend knows of faults.
class fault_injector {
 public:
    explicit fault_injector(fault_hook hook) noexcept : hook_(std::move(hook)) {}
    fault next(operation_kind kind, const net::endpoint& address, std::string_view path = {}) {
        return hook_({kind, address, ++number_, path});
    }

 private:
    fault_hook hook_;
    std::uint64_t number_ = 0;
};

/// What goes wrong with an operation on a socket that is about to begin in `in`, if something does.
std::optional<fault> ask_hook(fiber& in, operation_kind kind, transport* on);
/// The same for whatever knows whether it is to be left alone.
template <class Awaited>
std::optional<fault> fault_for(const Awaited& what, fiber& in, operation_kind kind, transport* on) {
    if (in.engine().faults() == nullptr || what.is_left_alone()) return std::nullopt;
    return ask_hook(in, kind, on);
}

/// What has no socket yet: asks, waits, and throws, as it is said.
task<> ask_and_go_wrong(operation_kind kind, const char* verb, net::endpoint address);

/// The same for one on a file: how many bytes it may move.
task<std::size_t> go_wrong_with_file(operation_kind kind, const char* verb,
                                     const std::string& path);

task<chunk> read_wrongly(transport& from, fault what);
task<std::size_t> read_some_wrongly(transport& from, mutable_buffer into, fault what);
task<> write_wrongly(transport& to, std::span<const const_buffer> pieces, fault what);
task<> wait_wrongly(transport& on, ready_operation::direction wanted, fault what);
task<std::unique_ptr<transport>> accept_wrongly(transport& from, fault what);
task<std::unique_ptr<transport>> connect_wrongly(net::endpoint to, net::endpoint from,
                                                 const socket_settings* settings,
                                                 net::protocol protocol, fault what);
task<net::received> receive_wrongly(descriptor& from, net::recv_batch* batch, mutable_buffer into,
                                    fault what);
task<> send_wrongly(descriptor& through, const net::send_batch* batch, const_buffer data,
                    const net::endpoint* to, fault what);

}  // namespace zocalo::io::detail
