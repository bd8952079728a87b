// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/endpoint.hpp"

/// How a server works, what it puts up with, and where it asks its owner.
namespace zocalo::net {

/// Who runs the handlers.
enum class concurrency {
    /// The thread that serves, one request after the other. Simple and without locks, but one slow
    /// client holds up all others.
    in_turn,
    /// A thread of its own for each request.
    threads,
    /// A fixed set of threads, started as they are needed; requests wait for a free one.
    pool,
    /// A child process for each request (fork). What a handler changes in memory is gone with it.
    /// In a program with other threads the handler may only do what is allowed after fork(2).
    processes,
};

/// What clients can make grow, with defaults that are safe on a small machine.
///
/// A server that is at `connections`, `handlers` or out of descriptors does not accept: who
/// connects then waits in the kernel's queue, `backlog` at most. A client that is over
/// `per_address` is turned away, so that it cannot hold up the others. Without connections,
/// handlers or workers there is no server (std::invalid_argument).
struct server_limits {
    // --- How many
    std::size_t connections = 1024;  ///< open at once, those that wait for a pool's thread too
    std::size_t per_address = 256;   ///< of them from one IPv4 address or IPv6 /64; 0: no limit
    std::size_t handlers = 256;      ///< threads or child processes at once
    std::size_t workers = 16;        ///< threads of a pool
    int backlog = 1024;              ///< connections that wait to be accepted

    // --- How long
    timeout idle = std::chrono::seconds(60);  ///< one wait of a handler for its peer
    /// After a stop, handlers may go on for so long; then their waits end with net::stopped, child
    /// processes are killed a second later, and threads are waited for. A server that works in turn
    /// has nobody to watch the clock: the wait that is going on ends at once.
    timeout drain = std::chrono::seconds(5);
    /// After the handler the server sends the end of the stream and reads on until the peer closes,
    /// so that a last reply is not lost to a reset: for so long and so many bytes. Zero: only what
    /// is there already.
    timeout linger = std::chrono::seconds(2);

    // --- How much
    std::size_t linger_bytes = 65536;
    std::size_t datagram = 65535;  ///< larger ones are dropped and counted as refused
    /// The sender of a datagram may be forged. Replies to it, with 28 bytes of headers for IPv4 or
    /// 48 for IPv6 each, are at most so many times as large as the request with its headers. 0: no
    /// limit. Unix sockets have none.
    unsigned amplification = 3;
};

/// Where a server asks its owner. What is not set has the default that is named here.
///
/// handle_error is called from the thread (or child process) of the handler, so possibly from
/// several at once; the others from the thread that serves.
struct server_hooks {
    /// Whether to serve this peer; otherwise it is turned away. Default: yes.
    std::function<bool(const endpoint& peer)> verify_request = {};
    /// What a handler has thrown. Default: one line on stderr, in which everything that came from
    /// the peer is escaped; none for what peers do every day (reset, vanish, time out). Must not
    /// throw.
    std::function<void(const endpoint& peer, std::exception_ptr error)> handle_error = {};
    /// handle_request() has waited in vain. Default: nothing.
    std::function<void()> handle_timeout = {};
    /// Between requests, at least every poll interval of serve_forever(). Default: nothing.
    std::function<void()> service_actions = {};
};

struct server_options {
    /// Not set: threads for connections, in_turn for datagrams.
    std::optional<concurrency> how = std::nullopt;
    server_limits limits = {};
    server_hooks hooks = {};
};

/// What a server has done so far.
struct server_counters {
    std::uint64_t accepted = 0;   ///< requests taken: connections or datagrams
    std::uint64_t refused = 0;    ///< of them turned away or dropped: limits, verify_request
    std::uint64_t errors = 0;     ///< handlers that threw, children that ended badly
    std::uint64_t exhausted = 0;  ///< times that descriptors, memory, threads or processes ran out
    std::size_t active = 0;       ///< requests that are being handled or wait for it now
};

}  // namespace zocalo::net
