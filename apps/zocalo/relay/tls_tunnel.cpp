// SPDX-License-Identifier: MIT
// The control socket tells both ways with single bytes: the thread says that the handshake is over,
// the owner that it has let go. When the owner closes it, all that is under way is cancelled.
#include "relay/tls_tunnel.hpp"

#include <utility>

#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {

using namespace std::chrono_literals;

tls_tunnel::tls_tunnel(net::socket plain, handshake secure) : secure_(std::move(secure)) {
    auto [near, inner] = net::socket::pair();
    auto [control, watched] = net::socket::pair();
    near_ = std::move(near);
    control_ = std::move(control);
    plain.set_timeout(timeout::none());
    thread_ = std::jthread([this, peer = io::stream(std::move(plain)),
                            ours = io::stream(std::move(inner)),
                            stop = io::stream(std::move(watched))]() mutable {
        run(std::move(peer), std::move(ours), std::move(stop));
    });
}

tls_tunnel::~tls_tunnel() {
    near_.close();
    control_.close();
}

tls::info tls_tunnel::wait_until_secured(const net::stop_condition& stop, timeout limit) {
    control_.stop_with(stop);
    control_.set_timeout(limit);
    char ready = 0;
    if (control_.recv(mutable_buffer(&ready, 1)) == 0) check();
    return agreed_.value();
}

void tls_tunnel::let_go() noexcept {
    try {
        control_.send_all("x");
    } catch (const std::system_error&) {
        // The thread has ended already.
    }
}

void tls_tunnel::check() {
    if (thread_.joinable()) thread_.join();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void tls_tunnel::run(io::stream plain, io::stream near, io::stream control) noexcept {
    try {
        io::any(serve(std::move(plain), near, control), watch(control)).get();
        error_ = truncated_;
    } catch (...) {
        error_ = std::current_exception();
    }
    is_over_ = true;
    near.close();  // now the relay sees the end, and can see why
}

io::task<> tls_tunnel::serve(io::stream plain, io::stream& near, io::stream& control) {
    io::stream secured = co_await secure_(std::move(plain));
    agreed_ = tls::get_info(secured);
    co_await control.write("x");
    co_await io::all(send(near, secured), receive(secured, near));
}

io::task<> tls_tunnel::send(io::stream& near, io::stream& secured) {
    for (;;) {
        const io::chunk part = co_await near.read();
        if (part.empty()) break;
        co_await secured.write(const_buffer(part.data(), part.size()));
    }
    co_await secured.finish();
    all_sent_.set();
}

arrival tunnel_channel::read(mutable_buffer into) {
    arrival came = socket_channel::read(into);
    if (came.what == arrival::end && tunnel_.has_failed()) {
        came.error = std::make_error_code(std::errc::connection_aborted);
    }
    return came;
}

/// What the peer says, up to its end. An end that was not announced (ncat ends so) may be one of
/// this direction only, and so it is told when the other one has ended, too.
io::task<> tls_tunnel::receive(io::stream& secured, io::stream& near) {
    for (;;) {
        io::chunk part;
        try {
            part = co_await secured.read();
        } catch (const std::system_error& error) {
            if (error.code() != tls::errc::truncated) throw;
            truncated_ = std::current_exception();
        }
        if (part.empty()) break;
        try {
            co_await near.write(const_buffer(part.data(), part.size()));
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            co_return;  // the relay has closed its end: that is no failure of the peer
        }
    }
    co_await near.finish();
}

/// Ends when the owner has no more interest in what goes on.
io::task<> tls_tunnel::watch(io::stream& control) {
    const io::chunk told = co_await control.read();
    if (told.empty()) co_return;
    co_await io::any(all_sent_.wait(), io::detail::as_task(io::sleep(2s)));
}

}  // namespace zocalo::program
