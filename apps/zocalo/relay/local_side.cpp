// SPDX-License-Identifier: MIT
#include "relay/local_side.hpp"

#include <utility>

#include "relay/program_side.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

using namespace std::chrono_literals;

local_side::local_side(const link_options& link, const context& shared, bool ends_with_peer,
                       io::event& stop)
    : link_(link),
      shared_(shared),
      stop_(stop),
      program_(link.program()),
      console_(link, ends_with_peer),
      log_(link.open_log()),
      progress_(link.wants_progress(shared) && !console_.is_interactive()) {}

local_side::~local_side() = default;

void local_side::tell(int level, std::string_view line) {
    if (shared_.verbosity < level) return;
    progress_.erase();
    say(shared_, level, line);
}

relay_rules local_side::rules() const {
    relay_rules rules{.idle = link_.idle, .linger = link_.quit};
    rules.has_input = !link_.recv_only;
    rules.has_output = !link_.send_only;
    rules.half_close = !link_.no_shutdown;
    rules.local_may_fail = has_program();
    // What the peer still says is read for a while: closing before that would destroy the reply.
    if ((has_program() || link_.send_only) && link_.quit.is_none()) rules.linger = 2s;
    return rules;
}

io::task<> local_side::run(io::task<> work) {
    co_await io::any(std::move(work), read_input(), show_progress());
}

io::task<> local_side::read_input() {
    const bool is_read = !program_ && !link_.recv_only;
    if (is_read) co_await console_.read_input();
    co_await io::sleep(timeout::none());
}

io::task<> local_side::show_progress() {
    for (;;) {
        co_await io::sleep(progress_.patience());
        std::uint64_t sent = sent_;
        std::uint64_t received = received_;
        for (const relay* each : talks_) {
            sent += each->sent();
            received += each->received();
        }
        if (!talks_.empty()) progress_.tell(sent, received);
    }
}

local_end local_side::open(const net::endpoint& peer, const net::endpoint& here, bool in_packets) {
    if (!program_) return {console_.join()};
    return start_program(*program_, in_packets, peer, here);
}

io::task<> local_side::converse(local_end mine, io::stream& link, relay_rules rules,
                                epilogue farewell) {
    const deadline end(rules.total);
    std::exception_ptr error;
    try {
        co_await let_talk(mine.stream, link, std::move(rules), std::move(farewell));
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        error = std::current_exception();
    }
    link.close();
    co_await part(mine, end.remaining());
    if (error) std::rethrow_exception(error);
}

io::task<> local_side::part(local_end& mine, timeout patience) {
    mine.stream.close();
    if (!mine.program) co_return;
    co_await io::any(mine.program->wait(), stop_.wait(), io::sleep(patience));
    mine.program->release();
}

io::task<> local_side::let_talk(io::stream& local, io::stream& link, relay_rules rules,
                                epilogue farewell) {
    relay talk(local, link, std::move(rules), stop_, log_.get());
    talks_.push_back(&talk);
    std::exception_ptr error;
    std::string why;
    try {
        co_await talk.run();
    } catch (const std::system_error& thrown) {
        error = std::current_exception();
        why = thrown.code().message();
    }
    std::erase(talks_, &talk);
    sent_ += talk.sent();
    received_ += talk.received();
    farewell(talk, why);
    if (error) std::rethrow_exception(error);
}

}  // namespace zocalo::program
