// SPDX-License-Identifier: MIT
#include "zocalo/serve/fleet.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "io/backend/contract.hpp"
#include "net/fail.hpp"
#include "net/wake_up.hpp"
#include "serve/server_core.hpp"
#include "sys/file.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/pipe.hpp"

namespace zocalo::serve {

namespace {

/// What a worker is asked to do; it never becomes less.
enum wish : int { go_on, end_orderly, end_now };

/// What one of so many loops may have open; together exactly what the fleet may.
limits part_of(limits whole, std::size_t loop, std::size_t loops) {
    const bool has_one_more = loop < whole.connections % loops;
    whole.connections = whole.connections / loops + (has_one_more ? 1 : 0);
    return whole;
}

/// Each loop has room for one connection at least: those that the kernel deals to a loop stay
/// there.
std::size_t loops_for(const fleet_options& options) {
    const std::size_t wanted =
        options.loops != 0 ? options.loops : std::thread::hardware_concurrency();
    const std::size_t most = options.server.limits.connections;
    const std::size_t useful = most != 0 ? std::min(wanted, most) : wanted;
    return std::max<std::size_t>(useful, 1);
}

unique_fd duplicate(int fd) {
    const int copy = sys::dup(fd);
    if (copy < 0) net::fail("open a bell", copy);
    return unique_fd(copy);
}

/// One thread's worth.
struct worker {
    worker(const handler& talk, const server_options& options,
           const std::shared_ptr<detail::shared_limits>& shared)
        : runs(talk, options, shared), heard(io::open_descriptor(duplicate(bell.fileno()))) {}

    void ask(wish more) noexcept {
        int now = asked.load();
        while (now < more && !asked.compare_exchange_weak(now, more)) {
        }
        bell.ring();
    }

    void ask(const limits& other) {
        {
            const std::lock_guard lock(mutex);
            new_limits = other;
        }
        bell.ring();
    }
    std::optional<limits> take_new_limits() {
        const std::lock_guard lock(mutex);
        return std::exchange(new_limits, std::nullopt);
    }

    server runs;
    net::wake_up bell;
    io::stream heard;  ///< the bell; opened before clients can take all descriptors
    std::atomic<int> asked = go_on;
    std::mutex mutex;
    std::optional<limits> new_limits;
    std::exception_ptr error;
    std::jthread thread;
};

io::task<> obey(worker& self) {
    for (;;) {
        std::uint64_t rung = 0;
        co_await self.heard.read_some(mutable_buffer(&rung, sizeof rung));
        if (const auto limits = self.take_new_limits()) self.runs.replace(*limits);
        const int wanted = self.asked.load();
        if (wanted == end_orderly) self.runs.stop();
        if (wanted == end_now) self.runs.stop_now();
    }
}

io::task<> serve_until_told(worker& self) {
    co_await io::any(self.runs.run(), obey(self));
}

}  // namespace

class fleet::core {
 public:
    core(const handler& talk, const fleet_options& options) : backend_(options.backend) {
        const std::size_t loops = loops_for(options);
        shared = std::make_shared<detail::shared_limits>(options.server.limits);
        server_options part = options.server;
        for (std::size_t i = 0; i < loops; ++i) {
            part.limits = part_of(options.server.limits, i, loops);
            workers.emplace_back(talk, part, shared);
        }
        backlog = options.server.limits.backlog;
    }

    void start();
    void ask(wish more) noexcept;
    void wait();
    /// Until all threads have ended, whatever became of them.
    void join();

    std::shared_ptr<detail::shared_limits> shared;
    std::deque<worker> workers;
    /// Each worker has duplicates. Closed with the first wish for an end.
    std::vector<inherited_socket> sockets;
    mutable std::mutex sockets_mutex;
    net::stop_source ended;
    int backlog;

 private:
    void deal_out();
    void begin_threads();
    void work(worker& self) noexcept;
    bool begin(worker& self, std::optional<io::loop>& loop) noexcept;

    io::backend_kind backend_;
    std::atomic<std::size_t> running_{0};
    std::atomic<bool> failed_ = false;  ///< one of them could not begin
    std::optional<std::latch> begun_;
};

/// Of each address: as many loops at a socket as there have to be so that no loop and no socket is
/// left over.
void fleet::core::deal_out() {
    std::map<net::endpoint, std::vector<const net::socket*>> by_address;
    for (const inherited_socket& one : sockets)
        by_address[one.socket.local_endpoint()].push_back(&one.socket);
    for (const auto& [where, same] : by_address) {
        for (std::size_t i = 0; i < std::max(same.size(), workers.size()); ++i) {
            const net::socket& one = *same[i % same.size()];
            workers[i % workers.size()].runs.add(io::listener(one.dup()));
        }
    }
}

/// All or none: those that are there wait for the others.
void fleet::core::begin_threads() {
    auto missing = static_cast<std::ptrdiff_t>(workers.size());
    try {
        for (worker& each : workers) {
            each.thread = std::jthread([this, &each] { work(each); });
            --missing;
        }
    } catch (...) {
        failed_ = true;
        begun_->count_down(missing);
        join();
        ended.request_stop();
        throw;
    }
}

void fleet::core::start() {
    if (sockets.empty()) throw std::logic_error("serve::fleet: start() without an address");
    deal_out();
    running_ = workers.size();
    begun_.emplace(static_cast<std::ptrdiff_t>(workers.size()));
    begin_threads();
    begun_->wait();
    if (failed_) wait();
}

/// All loops are there before the first one serves: clients could take the descriptors away that
/// the others need.
bool fleet::core::begin(worker& self, std::optional<io::loop>& loop) noexcept {
    try {
        loop.emplace(backend_);
    } catch (...) {
        self.error = std::current_exception();
        failed_ = true;
    }
    begun_->arrive_and_wait();
    return !failed_;
}

void fleet::core::work(worker& self) noexcept {
    std::optional<io::loop> loop;
    try {
        if (begin(self, loop)) loop->run(serve_until_told(self));
    } catch (...) {
        self.error = std::current_exception();
        ask(end_orderly);  // a fleet is as good as all of its servers
    }
    if (--running_ == 0) ended.request_stop();
}

void fleet::core::ask(wish more) noexcept {
    for (worker& each : workers)
        each.ask(more);
    const std::lock_guard lock(sockets_mutex);
    for (inherited_socket& one : sockets)
        one.socket.close();
}

void fleet::core::join() {
    for (worker& each : workers) {
        if (each.thread.joinable()) each.thread.join();
    }
}

void fleet::core::wait() {
    join();
    for (worker& each : workers) {
        if (each.error) std::rethrow_exception(std::exchange(each.error, nullptr));
    }
}

fleet::fleet(const handler& talk, const fleet_options& options)
    : core_(std::make_unique<core>(talk, options)) {}

fleet::~fleet() {
    stop_now();
    core_->join();  // before any part of the core goes: the last thread tells that all have ended
}

net::endpoint fleet::listen(const net::endpoint& where, const net::listen_options& options) {
    net::listen_options each = options;
    each.backlog = core_->backlog;
    if (where.is_inet()) each.permissions.reset();
    each.reuse_port = where.is_inet() && core_->workers.size() > 1;
    net::socket first = net::create_server(where, each);
    const net::endpoint chosen = first.local_endpoint();
    core_->sockets.push_back({{}, std::move(first)});
    for (std::size_t i = 1; each.reuse_port && i < core_->workers.size(); ++i)
        core_->sockets.push_back({{}, net::create_server(chosen, each)});
    return chosen;
}

void fleet::add(std::vector<inherited_socket> sockets) {
    for (inherited_socket& one : sockets)
        core_->sockets.push_back(std::move(one));
}

std::vector<net::endpoint> fleet::local_endpoints() const {
    std::vector<net::endpoint> all;
    const std::lock_guard lock(core_->sockets_mutex);
    for (const inherited_socket& one : core_->sockets)
        all.push_back(one.socket.local_endpoint());
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

std::vector<inherited_socket> fleet::sockets() const {
    const std::lock_guard lock(core_->sockets_mutex);
    std::vector<inherited_socket> copies;
    for (const inherited_socket& one : core_->sockets)
        copies.push_back({one.name, one.socket.dup()});
    return copies;
}

void fleet::start() {
    core_->start();
}

void fleet::stop() noexcept {
    core_->ask(end_orderly);
}

void fleet::stop_now() noexcept {
    core_->ask(end_now);
}

void fleet::wait() {
    core_->wait();
}

const net::stop_condition& fleet::ended() const noexcept {
    return core_->ended;
}

void fleet::replace(const serve::limits& limits) {
    const std::size_t loops = core_->workers.size();
    if (limits.connections != 0 && limits.connections < loops) {
        throw std::invalid_argument("serve::fleet: fewer connections than loops");
    }
    core_->shared->replace(limits);
    for (std::size_t i = 0; i < loops; ++i)
        core_->workers[i].ask(part_of(limits, i, loops));
}

counters fleet::counters() const noexcept {
    serve::counters sum;
    for (const worker& each : core_->workers)
        sum = sum + each.runs.counters();
    return sum;
}

std::size_t fleet::loops() const noexcept {
    return core_->workers.size();
}

}  // namespace zocalo::serve
