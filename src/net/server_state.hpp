// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/admission.hpp"
#include "net/crew.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {

/// What the parts of a server share.
struct server_core {
    server_core(server_options wanted, concurrency usual);

    /// Asks whether to serve that peer.
    [[nodiscard]] bool verified(const endpoint& peer);
    /// Tells about what a handler, or verify_request, has thrown.
    void report(const endpoint& peer, std::exception_ptr error) noexcept;
    /// What ends the waits of handlers.
    [[nodiscard]] const stop_condition& end_of_waits() const noexcept;

    const server_options options;
    const concurrency how;
    stop_source stop;     // what shutdown() asks for
    stop_source cut_off;  // the time to drain is over
    stop_any stopping;    // `stop`, or any other condition that the owner has named
    admission admitted;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> errors{0};
};

/// Where requests come from: what tells a stream server from a datagram server.
class request_source {
 public:
    virtual ~request_source() = default;

    [[nodiscard]] virtual int fileno() const noexcept = 0;
    /// The next request; nothing when there is none after all, or it was refused.
    [[nodiscard]] virtual std::unique_ptr<job> next() = 0;
    /// Takes no more requests.
    virtual void close() noexcept = 0;

    /// How long not to look at fileno(): something has run out.
    [[nodiscard]] virtual timeout pause() const noexcept = 0;
    /// Memory, threads or processes have run out; something has been given back.
    virtual void begin_pause() noexcept = 0;
    virtual void end_pause() noexcept = 0;
    [[nodiscard]] virtual std::uint64_t exhausted() const noexcept = 0;
};

struct server::state {
    /// What ended a wait.
    enum class event { request, stop, time, other };

    state(server_options options, concurrency usual);

    event wait(const deadline& until);
    void serve_one();
    /// Memory, threads or processes have run out: that request is lost, and the server goes on.
    void refuse_for_now() noexcept;
    void drain();

    server_core core;
    endpoint local;
    std::unique_ptr<request_source> source;
    std::unique_ptr<crew> workers;  // destroyed first: it waits for who uses the others
    std::vector<pollfd> watched;    // kept for its memory
    bool drained = false;
};

}  // namespace zocalo::net
