// SPDX-License-Identifier: MIT
#include "net/fail.hpp"
#include "net/operate.hpp"
#include "net/server_state.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/acceptor.hpp"

namespace zocalo::net {

namespace {

/// Sends the end of the stream, and reads on until the peer has closed too. Closing with unread
/// bytes in the queue, or before they arrive, would send a reset, and a reset makes the peer forget
/// what it has received but not read: the last reply.
void end_politely(const socket& client, timeout limit, std::size_t most) noexcept {
    if (sys::shutdown(client.fileno(), SHUT_WR) < 0) return;
    const deadline until{limit};
    std::byte ignored[4096];
    for (std::size_t total = 0; total < most;) {
        const long got = operate_until(client, POLLIN, until, [&]() noexcept -> long {
            return sys::recv(client.fileno(), ignored, sizeof ignored, MSG_DONTWAIT);
        });
        if (got <= 0) return;
        total += static_cast<std::size_t>(got);
    }
}

class stream_source : public request_source {
 public:
    stream_source(server_core& core, socket listener, stream_service service)
        : core_(core), acceptor_(std::move(listener)), service_(std::move(service)) {
        acceptor_.listener().listen(core.options.limits.backlog);
        acceptor_.listener().set_timeout(timeout::zero());
    }

    int fileno() const noexcept override { return acceptor_.listener().fileno(); }
    std::unique_ptr<job> next() override;
    void close() noexcept override { acceptor_.listener().close(); }

    timeout pause() const noexcept override { return acceptor_.pause(); }
    void begin_pause() noexcept override { acceptor_.begin_pause(); }
    void end_pause() noexcept override { acceptor_.end_pause(); }
    std::uint64_t exhausted() const noexcept override { return acceptor_.exhausted(); }

    /// Handles one connection to its end; false when the handler has failed.
    bool serve(connection& client) noexcept;

 private:
    server_core& core_;
    acceptor acceptor_;
    const stream_service service_;
};

class stream_job : public job {
 public:
    stream_job(stream_source& source, admission::place taken, accepted from,
               const stop_condition& stop)
        : job(std::move(taken)),
          source_(source),
          client_(std::move(from.client), from.peer, stop) {}

    bool run() noexcept override { return source_.serve(client_); }
    void enter_child() noexcept override { source_.close(); }

 private:
    stream_source& source_;
    connection client_;
};

std::unique_ptr<job> stream_source::next() {
    std::error_code error;
    auto taken = acceptor_.try_accept(error);
    if (!taken) {
        const bool nobody_there = error == std::errc::operation_would_block;
        if (nobody_there || !acceptor_.pause().is_zero()) return nullptr;
        fail("accept", acceptor_.listener(), error.value());
    }
    ++core_.accepted;
    auto place = core_.admitted.enter(taken->peer);
    if (!place || !core_.verified(taken->peer)) {
        ++core_.refused;
        end_politely(taken->client, timeout::zero(), core_.options.limits.linger_bytes);
        return nullptr;
    }
    taken->client.set_timeout(core_.options.limits.idle);
    taken->client.stop_with(core_.end_of_waits());
    return std::make_unique<stream_job>(*this, *std::move(place), *std::move(taken),
                                        core_.stopping);
}

bool stream_source::serve(connection& client) noexcept {
    bool well = false;
    try {
        service_(client);
        well = true;
    } catch (const stopped&) {
        well = true;  // the server ends, and the handler with it
    } catch (...) {
        core_.report(client.peer(), std::current_exception());
    }
    const server_limits& limits = core_.options.limits;
    // Between Unix sockets there is nothing under way: what comes after a close harms nobody.
    const bool local = client.socket().family() == family::local;
    end_politely(client.socket(), local ? timeout::zero() : limits.linger, limits.linger_bytes);
    return well;
}

}  // namespace

stream_server::stream_server(socket listener, stream_service service, server_options options)
    : server([&] {
          auto made = std::make_unique<state>(std::move(options), concurrency::threads);
          made->local = listener.local_endpoint();
          made->source =
              std::make_unique<stream_source>(made->core, std::move(listener), std::move(service));
          return made;
      }()) {}

}  // namespace zocalo::net
