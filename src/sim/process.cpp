// SPDX-License-Identifier: MIT
#include "sim/process.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "net/fail.hpp"
#include "sim/datagram_socket.hpp"
#include "sim/job.hpp"
#include "sim/listening_socket.hpp"
#include "sim/machine.hpp"
#include "sim/who_waits.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/detail/stream_operations.hpp"
#include "zocalo/io/socket_settings.hpp"

namespace zocalo::sim::detail {

using io::detail::operation;

namespace {

int apply(const io::socket_settings* settings, simulated_socket& to) noexcept {
    if (settings == nullptr) return 0;
    for (const auto& [level, name, value] : settings->all()) {
        const int result = to.set_option(level, name, const_buffer(value));
        if (result < 0) return result;
    }
    return 0;
}

}  // namespace

process::process(machine& of) noexcept
    : backend(io::detail::realm::simulated), machine_(of), names_(of), files_(of) {}

process::~process() = default;

time_point process::now() const noexcept {
    return machine_.in.now;
}

// --- Tasks

process::job& process::add(io::task<> what, std::string name, role as) {
    job& made = jobs_.emplace_back(*this, std::move(what), std::move(name), as);
    if (as == role::work) ++machine_.in.unfinished;
    post(made);
    return made;
}

void process::spawn(io::task<> what, std::string name, role as) {
    add(std::move(what), std::move(name), as);
}

std::shared_ptr<process::outcome> process::watch(io::task<> what) {
    auto end = std::make_shared<outcome>();
    add(std::move(what), "run", role::watched).end = end;
    return end;
}

/// What the tasks of a host that was killed or has crashed end with is nobody's business.
void process::ended(job& which) noexcept {
    universe& in = machine_.in;
    if (which.as() == role::work) --in.unfinished;
    if (which.end != nullptr) {
        which.end->over = true;
        which.end->error = which.error();
        which.end->host_is_down = ended_;
    } else if (which.error() && !ended_ && !in.failure) {
        in.failure = which.error();
    }
    jobs_.remove_if([&](const job& each) { return &each == &which; });
}

bool process::step() {
    if (time_to_wait().is_zero()) {
        take_turn();
        return true;
    }
    if (!expects_others()) return false;
    bell_.acquire();  // work on a thread takes no time here
    take_turn();
    return true;
}

time_point process::next_timer() const noexcept {
    const auto span = time_to_wait().value();
    return span ? now() + *span : time_point::max();
}

void process::end() {
    ended_ = true;
    for (job& each : jobs_)
        each.cancel();
    constexpr int patience = 100'000;
    for (int turn = 0; !jobs_.empty() && turn < patience; ++turn) {
        if (!step()) break;
    }
    if (jobs_.empty()) return;
    throw std::logic_error("host " + quoted(machine_.name) + " is down, but its task " +
                           quoted(jobs_.front().name()) +
                           " goes on: it has to end when it is cancelled");
}

std::string process::who_waits() const {
    std::string text;
    for (const job& each : jobs_) {
        text += "  " + escaped(machine_.name) + ": task " + quoted(each.name()) + " waits: ";
        text += what_waits(each) + '\n';
    }
    return text;
}

// --- The contract

template <class Socket>
std::unique_ptr<io::detail::descriptor> process::opened(const net::endpoint& where,
                                                        const net::listen_options& options) {
    std::unique_ptr<Socket> made;
    const int result = Socket::open(*this, where, options, made);
    if (result < 0) net::fail("bind", where, result);
    return made;
}

std::unique_ptr<io::detail::descriptor> process::listen(const net::endpoint& where,
                                                        const net::listen_options& options) {
    if (ended_) net::fail("listen on", where, -ECANCELED);
    if (options.type == net::type::datagram) return opened<datagram_socket>(where, options);
    return opened<listening_socket>(where, options);
}

std::unique_ptr<io::detail::descriptor> process::connect_packets(
    const net::endpoint& peer, const net::endpoint& local, const io::socket_settings& settings) {
    if (ended_) net::fail("connect to", peer, -ECANCELED);
    std::unique_ptr<datagram_socket> made;
    int result = datagram_socket::connect(*this, peer, local, made);
    if (result == 0) result = apply(&settings, *made);
    if (result < 0) net::fail("connect to", peer, result);
    return made;
}

io::detail::transport_pair process::make_pair() {
    auto [one, other] = machine_.net->make_pair();
    return {std::make_unique<stream_socket>(*this, std::move(one)),
            std::make_unique<stream_socket>(*this, std::move(other))};
}

bool process::begin(operation& what, bool writing) {
    auto& on = static_cast<simulated_socket&>(*what.on);
    operation*& slot = writing ? on.writing : on.reading;
    int refused = 0;
    if (on.home != this) refused = -EBADF;  // another host's, or one from before a restart
    if (slot != nullptr) refused = -EBUSY;
    if (refused != 0) {
        what.result = refused;
        what.now = operation::state::done;
        return false;
    }
    if (on.attempt(what)) return false;
    slot = &what;
    what.wait();
    return true;
}

bool process::receive(io::detail::receive_operation& what) {
    return begin(what, false);
}

bool process::send(io::detail::send_operation& what) {
    return begin(what, true);
}

bool process::accept(io::detail::accept_operation& what) {
    return begin(what, false);
}

bool process::receive_packets(io::detail::receive_packets_operation& what) {
    return begin(what, false);
}

bool process::send_packets(io::detail::send_packets_operation& what) {
    return begin(what, true);
}

bool process::wait_ready(io::detail::ready_operation& what) {
    return begin(what, what.wanted == io::detail::ready_operation::direction::write);
}

bool process::connect(io::detail::connect_operation& what) {
    std::shared_ptr<connection> made;
    const int result = machine_.net->connect(what.to, what.from, made);
    if (result < 0) {
        what.result = result;
        what.now = operation::state::done;
        return false;
    }
    auto socket = std::make_unique<stream_socket>(*this, std::move(made));
    if (const int refused = apply(what.settings, *socket); refused < 0) {
        what.result = refused;
        what.now = operation::state::done;
        return false;
    }
    what.on = socket.get();
    what.made = std::move(socket);
    return begin(what, true);
}

bool process::do_file(io::detail::file_operation& what) {
    files_.begin(*this, what);
    return true;
}

void process::cancel_file(io::detail::file_operation& what) noexcept {
    files_.cancel(*this, what);
}

void process::cancel(operation& what) noexcept {
    if (what.now != operation::state::waiting) return;
    (what.on->writing == &what ? what.on->writing : what.on->reading) = nullptr;
    post_done(what, -ECANCELED);
}

}  // namespace zocalo::sim::detail
