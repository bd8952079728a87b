// SPDX-License-Identifier: MIT
#include "serve/monitor.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "zocalo/serve/connection.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t most_errors = 50;
constexpr std::size_t remembered = 120;  // seconds

monitor::time_point current_time() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

monitor::monitor() {
    history_.reserve(remembered);
}

/// Those of this thread's loop, by their numbers: no other thread asks for them.
std::unordered_map<std::uint64_t, monitor::guest*>& monitor::guests_here() {
    thread_local std::unordered_map<std::uint64_t, guest*> all;
    return all;
}

monitor::visit::visit(monitor& in, const serve::connection& client, std::string_view protocol)
    : in_(in), client_(client) {
    if (guests_here().contains(client.number())) return;  // it was parked
    auto made = std::make_unique<guest>();
    made->about.peer = client.peer().to_string();
    made->about.protocol = protocol;
    made->about.since = current_time();
    made->about.number = client.number();
    guest& here = *made;
    guests_here().emplace(client.number(), &here);
    in_.look_at_clock();
    const std::lock_guard lock(in_.mutex_);
    ++in_.before_.accepted;
    in_.guests_.push_front(std::move(made));
    here.place = in_.guests_.begin();
}

monitor::visit::~visit() {
    note(client_);
}

void monitor::ended(const serve::connection& client) noexcept {
    note(client);
    const auto here = guests_here().find(client.number());
    if (here == guests_here().end()) return;
    const guest& gone = *here->second;
    guests_here().erase(here);
    look_at_clock();
    const std::lock_guard lock(mutex_);
    before_.requests += gone.requests;
    before_.received += gone.received;
    before_.sent += gone.sent;
    guests_.erase(gone.place);
}

void monitor::note(const serve::connection& client) noexcept {
    const auto here = guests_here().find(client.number());
    if (here == guests_here().end()) return;
    here->second->received.store(client.bytes_received(), std::memory_order_relaxed);
    here->second->sent.store(client.bytes_sent(), std::memory_order_relaxed);
}

void monitor::count(const serve::connection& client) noexcept {
    look_at_clock();
    const auto here = guests_here().find(client.number());
    if (here == guests_here().end()) return;
    here->second->requests.fetch_add(1, std::memory_order_relaxed);
    note(client);
}

/// Nothing runs in the background: whatever changes the sums looks first whether a second has begun
/// whose first it is.
void monitor::look_at_clock() noexcept {
    const std::int64_t now = std::time(nullptr);
    if (sampled_.load(std::memory_order_relaxed) == now) return;
    const std::lock_guard lock(mutex_);
    if (sampled_.exchange(now, std::memory_order_relaxed) == now) return;
    const std::chrono::sys_seconds second{std::chrono::seconds(now)};
    if (history_.size() == remembered) history_.erase(history_.begin());
    const state all = sums();
    history_.push_back({second, all.requests, all.sent, all.open});
}

std::vector<monitor::sample> monitor::history() const {
    const std::lock_guard lock(mutex_);
    return {history_.begin(), history_.end()};
}

void monitor::responded(std::uint16_t status) {
    const std::size_t kind = status / 100U;
    if (kind >= 1 && kind <= responses_.size())
        responses_.at(kind - 1).fetch_add(1, std::memory_order_relaxed);
}

void monitor::responded(gopher_answer what) {
    answers_.at(static_cast<std::size_t>(what)).fetch_add(1, std::memory_order_relaxed);
}

std::string monitor::to_prometheus() const {
    std::string text =
        "# HELP zocalo_http_requests_total Requests answered, by the class of the status.\n"
        "# TYPE zocalo_http_requests_total counter\n";
    for (std::size_t kind = 0; kind < responses_.size(); ++kind) {
        text += R"(zocalo_http_requests_total{server="zocalo",status=")";
        text += std::to_string(kind + 1) + "xx\"} ";
        text += std::to_string(responses_.at(kind).load(std::memory_order_relaxed)) + '\n';
    }
    text +=
        "# HELP zocalo_gopher_requests_total Requests answered over Gopher, by what became of "
        "it.\n"
        "# TYPE zocalo_gopher_requests_total counter\n";
    constexpr std::array names{"ok", "error", "broken"};
    for (std::size_t kind = 0; kind < answers_.size(); ++kind) {
        text += R"(zocalo_gopher_requests_total{server="zocalo",answer=")";
        text.append(names.at(kind)).append("\"} ");
        text += std::to_string(answers_.at(kind).load(std::memory_order_relaxed)) + '\n';
    }
    return text;
}

void monitor::failed(std::string text) {
    const std::lock_guard lock(mutex_);
    errors_.push_front({current_time(), std::move(text)});
    if (errors_.size() > most_errors) errors_.pop_back();
}

monitor::state monitor::now(std::size_t most) const {
    const std::lock_guard lock(mutex_);
    state all = sums();
    all.errors.assign(errors_.begin(), errors_.end());
    for (const auto& each : guests_) {
        if (all.visitors.size() == most) break;
        visitor& one = all.visitors.emplace_back(each->about);
        one.requests = each->requests;
        one.received = each->received;
        one.sent = each->sent;
    }
    return all;
}

/// With the lock held.
monitor::state monitor::sums() const noexcept {
    state all = before_;
    all.open = guests_.size();
    for (const auto& each : guests_) {
        all.requests += each->requests;
        all.received += each->received;
        all.sent += each->sent;
    }
    return all;
}

}  // namespace zocalo::program
