// SPDX-License-Identifier: MIT
#include "relay/channel.hpp"

#include <climits>

#include "relay/traffic_log.hpp"
#include "sys/file.hpp"
#include "zocalo/net/message.hpp"

namespace zocalo::program {

namespace {

std::error_code error_of(long result) noexcept {
    return {static_cast<int>(-result), std::system_category()};
}

/// A report of readiness may be false (poll(2)); then there is simply nothing yet.
bool is_wait(const std::error_code& error) noexcept {
    return error == std::errc::operation_would_block;
}

/// A pipe that poll(2) calls writable has room for PIPE_BUF bytes; more would wait for its reader.
std::size_t most_without_waiting(int fd) {
    struct stat status{};
    const bool is_file = sys::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    return is_file ? std::size_t{1} << 20 : std::size_t{PIPE_BUF};
}

}  // namespace

arrival socket_channel::read(mutable_buffer into) {
    const auto [size, error] = socket_.try_recv(into, net::message_flag::dont_wait);
    if (is_wait(error)) return {};
    if (error) return {arrival::end, 0, error};
    if (size == 0 && socket_.type() != net::type::datagram) return {arrival::end};
    if (log_ != nullptr) log_->received(into.first(size));
    return {arrival::bytes, size};
}

net::transfer socket_channel::write(const_buffer data) {
    const auto result = socket_.try_send(data, net::message_flag::dont_wait);
    if (is_wait(result.error)) return {};
    if (log_ != nullptr && !result.error) log_->sent(data.first(result.size));
    return result;
}

void socket_channel::finish() noexcept {
    try {
        if (socket_.type() != net::type::datagram) socket_.shutdown(net::direction::write);
    } catch (const std::system_error&) {
        // The peer has gone already: then it needs no telling.
    }
}

bool socket_channel::keeps_packets() const noexcept {
    return socket_.type() != net::type::stream;
}

net::transfer peer_channel::write(const_buffer data) {
    const auto result = socket_.try_send_msg({.data = data, .to = &peer_, .control = &from_},
                                             net::message_flag::dont_wait);
    if (is_wait(result.error)) return {};
    if (log_ != nullptr && !result.error) log_->sent(data);
    return result;
}

descriptor_channel::descriptor_channel(int in, int out)
    : in_(in), out_(out), most_per_write_(most_without_waiting(out)) {}

arrival descriptor_channel::read(mutable_buffer into) {
    const auto result = sys::read(in_, into.data(), into.size());
    if (result == -EAGAIN) return {};
    if (result < 0) return {arrival::end, 0, error_of(result)};
    if (result == 0) return {arrival::end};
    return {arrival::bytes, static_cast<std::size_t>(result)};
}

net::transfer descriptor_channel::write(const_buffer data) {
    const auto piece = data.first(most_per_write_);
    const auto result = sys::write(out_, piece.data(), piece.size());
    if (result == -EAGAIN) return {};
    if (result < 0) return {0, error_of(result)};
    return {static_cast<std::size_t>(result), {}};
}

}  // namespace zocalo::program
