// SPDX-License-Identifier: MIT
#include "relay/hub.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "file.hpp"
#include "relay/traffic_log.hpp"

namespace zocalo::program {

using namespace std::chrono_literals;

hub::~hub() = default;

hub::hub(const link_options& link, const hub_options& options, const context& shared)
    : link_(link),
      options_(options),
      shared_(shared),
      console_(link),
      log_(link.open_log()),
      progress_(link.wants_progress(shared) && !console_.is_interactive()),
      program_(link.program()),
      input_ended_(link.recv_only || program_),
      until_first_(link.wait) {
    if (link.tls.wanted) handshake_ = server_handshake(link.tls, shared);
}

void hub::tell(int level, std::string_view line) {
    if (shared_.verbosity < level) return;
    progress_.erase();
    say(shared_, level, line);
}

relay_rules hub::rules() const {
    relay_rules rules{.idle = link_.idle, .linger = link_.quit};
    rules.half_close = !link_.no_shutdown;
    rules.end_with_peer = options_.keep || link_.recv_only || console_.is_interactive();
    if (!program_ && !link_.send_only) return rules;
    // What the client still says is read for a while: closing before that would destroy the reply.
    if (link_.quit.is_none()) rules.linger = 2s;
    rules.end_with_peer = false;
    rules.local_may_fail = true;
    return rules;
}

bool hub::is_admitted(const net::endpoint& peer) const {
    if (!peer.is_inet()) return true;
    const net::address ip = peer.ip().unmapped();
    const auto covers = [&](const net::network& range) { return range.contains(ip); };
    if (std::ranges::any_of(options_.deny, covers)) return false;
    return options_.allow.empty() || std::ranges::any_of(options_.allow, covers);
}

std::unique_ptr<program_side> hub::start_program(const conversation& client) {
    if (!program_) return nullptr;
    return std::make_unique<program_side>(*program_, client.link->keeps_packets(), client.peer,
                                          listener().local_endpoint());
}

conversation* hub::welcome(conversation arrived) {
    if (!is_admitted(arrived.peer)) {
        tell(1, fmt::format("turned away {}", arrived.peer.to_string()));
        return nullptr;
    }
    auto client = std::make_unique<conversation>(std::move(arrived));
    if (handshake_) secure(*client);
    client->link = link_to(*client);
    try {
        client->program = start_program(*client);
    } catch (const std::system_error& error) {
        if (!options_.keep) throw;
        tell(0, error.what());  // the next one may have more luck
        return nullptr;
    }
    channel& local = client->program ? client->program->side() : console_.side();
    const bool reads_local = client->program && !link_.recv_only;
    relay_rules own_rules = rules();
    own_rules.peer = client->peer.to_string();
    client->relay =
        std::make_unique<relay>(reads_local ? &local : nullptr, link_.send_only ? nullptr : &local,
                                *client->link, std::move(own_rules));
    if (!program_) console_.equip(*client->relay);
    // Nothing will ever be sent to who comes after the end of the input, unless it never began.
    if (!program_ && input_ended_ && !link_.recv_only) client->relay->outgoing().end();
    tell(1, fmt::format("connection from {}", client->peer.to_string()));
    had_client_ = true;
    return clients_.emplace_back(std::move(client)).get();
}

void hub::watch_input(poll_set& set) {
    input_index_ = poll_set::none;
    if (input_ended_ || clients_.empty()) return;
    const auto has_room = [](const auto& client) { return client->relay->outgoing().has_room(); };
    if (std::ranges::all_of(clients_, has_room)) input_index_ = set.add(0, POLLIN);
}

void hub::take_input(const poll_set& set) {
    if (!set.ready(input_index_)) return;
    char bytes[16384];
    const arrival came = console_.side().read(mutable_buffer(bytes));
    if (came.error) throw file_error(came.error, "read the input");
    if (came.what == arrival::end) end_input();
    if (came.what != arrival::bytes) return;
    for (const auto& client : clients_)
        client->relay->outgoing().push(std::string(bytes, came.size));
}

void hub::end_input() {
    input_ended_ = true;
    for (const auto& client : clients_)
        client->relay->outgoing().end();
}

void hub::farewell(const conversation& client) {
    sent_ += client.relay->outgoing().moved();
    received_ += client.relay->incoming().moved();
    const double took = std::chrono::duration<double>(relay::clock::now() - client.since).count();
    const std::error_code error = client.relay->error();
    tell(1, fmt::format("{} ended after {:.3f} seconds: {} bytes received, {} bytes sent{}",
                        client.peer.to_string(), took, client.relay->incoming().moved(),
                        client.relay->outgoing().moved(), error ? ", " + error.message() : ""));
}

void hub::secure(conversation& client) {
    client.tunnel = std::make_unique<tls_tunnel>(std::move(client.socket), handshake_);
    client.socket = client.tunnel->take_socket();
}

void hub::let_go(conversation& client) {
    if (client.tunnel == nullptr) return;
    client.socket.close();
    client.tunnel->let_go();
    tunnels_.push_back(std::move(client.tunnel));
    if (!options_.keep) see_off(true);
}

void hub::see_off(bool wait) {
    for (auto& tunnel : tunnels_) {
        if (!wait && !tunnel->is_over()) continue;
        const auto over = std::exchange(tunnel, nullptr);
        try {
            over->check();
        } catch (const std::system_error& error) {
            if (!options_.keep) throw;
            tell(1, error.what());
        }
    }
    std::erase(tunnels_, nullptr);
}

/// Lets go of the conversations that are over, and of programs that have ended.
void hub::sweep() {
    for (const auto& client : clients_) {
        client->relay->settle();
        if (client->relay->state() == relay::end::not_yet) continue;
        farewell(*client);
        if (client->program) programs_.push_back(client->program->process());
        let_go(*client);
        if (!options_.keep) check(*client->relay);
        client->relay->check_local_side();  // that is ours, and would fail for the next one, too
    }
    std::erase_if(clients_,
                  [](const auto& client) { return client->relay->state() != relay::end::not_yet; });
    std::erase_if(programs_, [](child& program) { return program.poll_status().has_value(); });
    see_off(false);
}

void hub::show_progress() {
    std::uint64_t sent = sent_;
    std::uint64_t received = received_;
    for (const auto& client : clients_) {
        sent += client->relay->outgoing().moved();
        received += client->relay->incoming().moved();
    }
    if (!clients_.empty()) progress_.tell(sent, received);
}

timeout hub::patience() const {
    timeout limit = arrival_pause();
    if (!clients_.empty()) limit = shorter(limit, progress_.patience());
    if (!had_client_) limit = shorter(limit, until_first_.remaining());
    // Then look whether they have ended; at the end nobody waits for anything else.
    if (!programs_.empty() || !tunnels_.empty()) {
        limit = shorter(limit, is_closed() ? 20ms : 1000ms);
    }
    for (const auto& client : clients_)
        limit = shorter(limit, client->relay->patience());
    return limit;
}

/// Ctrl-C: what clients have said by now is not lost.
void hub::stop_now() {
    std::vector<flow*> incoming;
    for (const auto& client : clients_)
        incoming.push_back(&client->relay->incoming());
    wind_up(incoming);
    for (const auto& client : clients_)
        farewell(*client);
    throw net::stopped(std::make_error_code(std::errc::operation_canceled), "stopped");
}

void hub::turn(const net::stop_condition& stop) {
    show_progress();
    poll_set set;
    const std::size_t stopped = set.add(stop.fileno(), POLLIN);
    watch_arrivals(set);
    watch_input(set);
    for (const auto& client : clients_)
        client->relay->watch(set);
    if (const int error = set.wait(patience()); error < 0) {
        throw std::system_error(-error, std::system_category(), "poll");
    }
    if (set.ready(stopped)) stop_now();
    for (const auto& client : clients_)
        client->relay->step(set);
    take_input(set);
    take_arrivals(set);
    sweep();
}

void hub::run(const net::stop_condition& stop) {
    while (!is_closed() || !clients_.empty() || !programs_.empty()) {
        turn(stop);
        if (is_closed()) close_arrivals();
        if (!had_client_ && until_first_.passed()) {
            throw std::system_error(
                std::make_error_code(std::errc::timed_out),
                "nobody connected to " + listener().local_endpoint().to_string());
        }
    }
    see_off(true);
}

}  // namespace zocalo::program
