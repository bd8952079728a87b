// SPDX-License-Identifier: MIT
#include "serve/monitor.hpp"

#include <algorithm>
#include <ctime>
#include <unordered_map>
#include <utility>

#include "zocalo/serve/connection.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t most_errors = 50;
constexpr std::size_t remembered = 120;  // seconds

monitor::time_point current_time() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Those of this thread's loop: no other thread asks for them.
auto& visits_here() {
    thread_local std::unordered_map<const serve::connection*, monitor::visit*> all;
    return all;
}

}  // namespace

monitor::monitor() {
    history_.reserve(remembered);
}

monitor::visit::visit(monitor& in, const serve::connection& client, std::string_view protocol)
    : in_(in), client_(client) {
    about_.peer = client.peer().to_string();
    about_.protocol = protocol;
    about_.since = current_time();
    about_.number = client.number();
    visits_here().emplace(&client, this);
    in_.look_at_clock();
    const std::lock_guard lock(in_.mutex_);
    ++in_.before_.accepted;
    place_ = in_.visits_.insert(in_.visits_.begin(), this);
}

monitor::visit::~visit() {
    note();
    visits_here().erase(&client_);
    in_.look_at_clock();
    const std::lock_guard lock(in_.mutex_);
    in_.before_.requests += requests_;
    in_.before_.received += received_;
    in_.before_.sent += sent_;
    in_.visits_.erase(place_);
}

void monitor::visit::note() noexcept {
    received_.store(client_.bytes_received(), std::memory_order_relaxed);
    sent_.store(client_.bytes_sent(), std::memory_order_relaxed);
}

void monitor::visit::count() noexcept {
    in_.look_at_clock();
    requests_.fetch_add(1, std::memory_order_relaxed);
    note();
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

std::string monitor::to_prometheus() const {
    std::string text =
        "# HELP zocalo_http_requests_total Requests answered, by the class of the status.\n"
        "# TYPE zocalo_http_requests_total counter\n";
    for (std::size_t kind = 0; kind < responses_.size(); ++kind) {
        text += R"(zocalo_http_requests_total{server="zocalo",status=")";
        text += std::to_string(kind + 1) + "xx\"} ";
        text += std::to_string(responses_.at(kind).load(std::memory_order_relaxed)) + '\n';
    }
    return text;
}

monitor::visit* monitor::visit::of(const serve::connection& client) noexcept {
    const auto found = visits_here().find(&client);
    return found == visits_here().end() ? nullptr : found->second;
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
    for (const visit* each : visits_) {
        if (all.visitors.size() == most) break;
        visitor& one = all.visitors.emplace_back(each->about_);
        one.requests = each->requests_;
        one.received = each->received_;
        one.sent = each->sent_;
    }
    return all;
}

/// With the lock held.
monitor::state monitor::sums() const noexcept {
    state all = before_;
    all.open = visits_.size();
    for (const visit* each : visits_) {
        all.requests += each->requests_;
        all.received += each->received_;
        all.sent += each->sent_;
    }
    return all;
}

}  // namespace zocalo::program
