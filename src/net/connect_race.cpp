// SPDX-License-Identifier: MIT
// RFC 8305 §5 with non-blocking sockets and poll(2): a new address is started when the last one
// failed or has had its delay, and all that are under way are watched together.
#include "net/connect_race.hpp"

#include <poll.h>

#include <cerrno>
#include <iterator>

#include "net/fail.hpp"
#include "net/open.hpp"
#include "sys/socket.hpp"
#include "sys/wait.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

using clock = deadline::clock;

/// One connection being made.
struct runner {
    net::socket socket;
    std::size_t attempt;  // its place in the report
    clock::time_point started;
    timeout kept;  // what the socket gets back when it has won
};

class race {
 public:
    race(const std::vector<endpoint>& peers, const connect_options& options, const deadline& until)
        : peers_(peers), options_(options), until_(until) {}

    connect_result run();

 private:
    [[nodiscard]] bool is_decided() const { return result_.socket.is_open() || result_.error; }
    [[nodiscard]] bool may_start() const {
        return next_ < peers_.size() && (runners_.empty() || next_start_.passed());
    }
    void start_next();
    void wait();
    void take_answers(const std::vector<pollfd>& entries);
    void finish(runner& runner, int error);
    void end_all(int error);

    const std::vector<endpoint>& peers_;
    const connect_options& options_;
    const deadline& until_;
    const clock::time_point began_ = clock::now();
    deadline next_start_{timeout::zero()};
    std::size_t next_ = 0;
    std::vector<runner> runners_;
    connect_result result_;
};

connect_result race::run() {
    while (!is_decided()) {
        const bool out_of_time = until_.passed() && !result_.attempts.empty();
        if (may_start() && !out_of_time) {
            start_next();
        } else if (!runners_.empty()) {
            wait();
        } else if (next_ < peers_.size()) {
            end_all(ETIMEDOUT);
        } else {
            result_.error = result_.attempts.back().error;
        }
    }
    if (result_.socket.is_open()) end_all(ECANCELED);
    return std::move(result_);
}

void race::start_next() {
    const endpoint& peer = peers_[next_++];
    next_start_ = deadline{options_.attempt_delay};
    result_.attempts.push_back({.peer = peer, .error = {}, .started = clock::now() - began_});
    runner runner{.socket = {},
                  .attempt = result_.attempts.size() - 1,
                  .started = clock::now(),
                  .kept = timeout::none()};
    int error = 0;
    try {
        runner.socket = open_or_fall_back(peer.family(), options_.type, options_.protocol);
        if (options_.stop != nullptr) runner.socket.stop_with(*options_.stop);
        if (options_.prepare) options_.prepare(runner.socket);
        runner.kept = runner.socket.get_timeout();
        if (options_.source) runner.socket.bind(*options_.source);
        // Only the other families (Unix) may have to wait within connect(), and they run alone.
        runner.socket.set_timeout(peer.is_inet() ? timeout::zero() : until_.remaining());
        error = runner.socket.try_connect(peer).value();
    } catch (const std::system_error& refusal) {
        if (refusal.code().category() != std::system_category()) throw;
        error = refusal.code().value();
    }
    if (error == EINPROGRESS || error == EINTR) {
        runners_.push_back(std::move(runner));
    } else {
        finish(runner, error);
    }
}

void race::wait() {
    std::vector<pollfd> entries;
    for (const runner& runner : runners_)
        entries.push_back({runner.socket.fileno(), POLLOUT, 0});
    entries.push_back({options_.stop != nullptr ? options_.stop->fileno() : -1, POLLIN, 0});
    const timeout until_start = next_ < peers_.size() ? next_start_.remaining() : timeout::none();
    const deadline soon{shorter(until_.remaining(), until_start)};
    const int ready = sys::poll(entries.data(), entries.size(), soon);
    if (ready < 0) return end_all(-ready);
    if (entries.back().revents != 0) return end_all(ECANCELED);
    take_answers(entries);
    if (ready == 0 && until_.passed()) end_all(ETIMEDOUT);
}

void race::take_answers(const std::vector<pollfd>& entries) {
    std::vector<runner> answered;
    for (std::size_t left = runners_.size(); left > 0; --left) {
        const std::size_t i = left - 1;
        if (entries[i].revents == 0) continue;
        answered.push_back(std::move(runners_[i]));
        runners_.erase(std::next(runners_.begin(), static_cast<std::ptrdiff_t>(i)));
    }
    // The one that was started first goes first: it is the better address.
    for (auto runner = answered.rbegin(); runner != answered.rend(); ++runner) {
        const int error = runner->socket.take_error().value();
        finish(*runner, result_.socket.is_open() ? ECANCELED : error);
    }
}

void race::finish(runner& runner, int error) {
    connect_attempt& attempt = result_.attempts[runner.attempt];
    attempt.took = clock::now() - runner.started;
    if (error != 0) {
        attempt.error = error_from(error);
        next_start_ = deadline{timeout::zero()};
        return;
    }
    runner.socket.set_timeout(runner.kept);
    result_.socket = std::move(runner.socket);
}

/// Time or a stop ended it, or somebody else has won.
void race::end_all(int error) {
    for (runner& runner : runners_)
        finish(runner, error);
    runners_.clear();
    if (!result_.socket.is_open()) result_.error = error_from(error);
}

}  // namespace

connect_result race_to_connect(const std::vector<endpoint>& peers, const connect_options& options,
                               const deadline& until) {
    return race(peers, options, until).run();
}

}  // namespace zocalo::net
