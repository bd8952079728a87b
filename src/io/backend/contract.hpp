// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "io/backend/descriptor.hpp"
#include "io/backend/timer_heap.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/detail/stream_operations.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/net/listen.hpp"

/// What a backend is: the only way from the engine to the outside.
///
/// **Operations.** receive(), send() and their like take an operation that was enlisted and either
/// finish it at once (false, the result is in it) or keep it (true, after wait()). A kept operation
/// is given back by calling complete() exactly once, from inside wait() or from the queue, never
/// from inside of another call. Until then the operation and its buffers belong to the backend.
/// Each descriptor has at most one operation in each direction.
///
/// **Cancelling.** cancel() makes a kept operation come back soon: with −ECANCELED, or with its own
/// result when that was there first. Bytes that a receive took from the socket are never dropped.
///
/// **Closing.** A descriptor is closed with nothing under way on it; what the kernel still reports
/// about it is dropped.
///
/// **Failing.** The result is −errno as the system calls give it: nothing in a backend throws but
/// for memory.
///
/// **Realms.** A backend works on descriptors of its own realm only: what belongs to the kernel
/// means nothing in a simulated network. The operations see to it before they come here.
///
/// **Threads.** All of it belongs to the thread in run(), but for post_from_outside().
namespace zocalo::io::detail {

class blocking_operation;
class fault_injector;  // src/io/fault_injector.hpp
class file_operation;  // src/io/backend/file_operation.hpp
class name_source;     // src/io/names/name_source.hpp
class thread_pool;     // src/io/thread_pool.hpp

class backend {
 public:
    using time_point = timer_operation::time_point;

    virtual ~backend();
    backend(const backend&) = delete;
    backend& operator=(const backend&) = delete;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] enum realm realm() const noexcept { return realm_; }

    // --- Sockets. What opens one does not wait.

    /// What net::create_server() makes, for streams and for datagrams.
    virtual std::unique_ptr<descriptor> listen(const net::endpoint& where,
                                               const net::listen_options& options) = 0;
    /// A socket for datagrams that is connected to a peer, which takes no time; bound first, unless
    /// `local` has no family.
    virtual std::unique_ptr<descriptor> connect_packets(const net::endpoint& peer,
                                                        const net::endpoint& local,
                                                        const socket_settings& settings);
    /// Two connected ends of its realm.
    virtual transport_pair make_pair();
    /// About to be closed.
    virtual void forget(descriptor& which) noexcept = 0;

    virtual bool receive(receive_operation& what) = 0;
    virtual bool send(send_operation& what) = 0;
    virtual bool accept(accept_operation& what) = 0;
    virtual bool connect(connect_operation& what) = 0;
    virtual bool receive_packets(receive_packets_operation& what) = 0;
    virtual bool send_packets(send_packets_operation& what) = 0;
    virtual bool wait_ready(ready_operation& what) = 0;
    virtual void cancel(operation& what) noexcept = 0;

    // --- Files. Any number of operations may be under way on one.

    /// By a thread of the pool, unless the backend can do it itself.
    virtual bool do_file(file_operation& what);
    /// A kept one that has not begun comes back with −ECANCELED.
    virtual void cancel_file(file_operation& what) noexcept;

    // --- Time

    /// Steady, and virtual in a simulated network.
    [[nodiscard]] virtual time_point now() const noexcept;
    /// The same, up to 10 ms ago and not worth mentioning: for limits of seconds.
    [[nodiscard]] virtual time_point lately() const noexcept;
    void start(timer_operation& timer) { timers_.add(timer); }
    void stop(timer_operation& timer) noexcept { timers_.remove(timer); }

    // --- The queue

    /// Lets an item complete in a turn of the loop to come.
    void post(ready_item& item) noexcept;
    /// The same for an operation, whose result is there.
    void post_done(operation& what, std::int32_t result) noexcept;
    /// The same; behind what runs now, before what else waits for its turn, where the backend can.
    void post_done_soon(operation& what, std::int32_t result) noexcept;
    /// From any thread. The loop was told by expect() that it would come.
    void post_from_outside(ready_item& item);
    virtual void expect() { ++expected_; }

    // --- Faults. The operations see to them before they come here.

    /// Who is asked what goes wrong; empty: nobody.
    void set_faults(fault_hook hook);
    [[nodiscard]] fault_injector* faults() const noexcept { return faults_.get(); }

    /// Whether everything has to end now: no task is shielded from that.
    [[nodiscard]] virtual bool is_ending() const noexcept { return false; }

    /// Where names come from: the system's files and name servers; a simulated network has its own.
    [[nodiscard]] virtual name_source& names();

    /// How long run() looks for work before it sleeps.
    void set_spin(std::chrono::nanoseconds at_most) noexcept;

    /// Lets a thread of the loop do what blocks; and not, when none has begun to. Without any
    /// thread it comes back with the reason.
    void do_on_thread(blocking_operation& what) noexcept;
    void cancel_on_thread(blocking_operation& what) noexcept;

    /// How long until the next turn: zero when something is in the queue.
    [[nodiscard]] zocalo::timeout time_to_wait() const noexcept;
    /// Does what there is to do, without waiting: instead of run(), for whoever is driven by
    /// another loop.
    void run_ready();
    /// Takes turns until `over` is true, within a session. Ends the program with a message when
    /// everything waits and nothing can happen any more.
    void run(const bool& over);
    /// Around a run, from before its first operation: the backend runs on this thread.
    class session;
    /// The backend that runs on this thread now, or null.
    [[nodiscard]] static backend* running() noexcept;

 protected:
    explicit backend(enum realm where = realm::kernel) noexcept;

    /// One turn, of what is due now: run() for a backend that is driven from outside.
    void take_turn();
    void spin_and_wait();

    /// Waits for what the outside has to say, at most that long, and completes the operations that
    /// it is about.
    virtual void wait(zocalo::timeout limit) = 0;
    /// Told by wait() when the outside had something to say.
    void heard() noexcept { heard_ = true; }
    /// Whether the outside may still have something to say.
    [[nodiscard]] virtual bool has_pending() const noexcept = 0;
    /// From another thread: makes wait() return.
    virtual void wake() noexcept = 0;

    /// The ends of a session. A completion-based backend hands back there what it has of streams,
    /// so that between two runs they belong to nobody. begin_run() may throw.
    virtual void begin_run() {}
    virtual void end_run() noexcept {}

    /// For an operation that was done at once, as the last thing before it is given back: whether
    /// it has to take its turn all the same. A task that never waits (a flood of datagrams, a
    /// socket that takes everything) would keep all others, timers and cancellation from theirs.
    bool takes_turn(operation& what) noexcept {
        constexpr unsigned most_at_once = 1024;
        if (++done_at_once_ < most_at_once) return false;
        done_at_once_ = 0;
        what.wait();
        what.now = operation::state::done;
        post(what);
        return true;
    }

    /// For wait(), behind each operation that it completes: what is to be done soon. What that
    /// asks for in its turn has to take its own.
    void run_soon() noexcept {
        if (soon_.first != nullptr) [[unlikely]]
            run(soon_);
    }

    [[nodiscard]] bool has_timers() const noexcept { return !timers_.empty(); }
    [[nodiscard]] bool expects_others() const noexcept { return expected_ > 0; }

 private:
    struct queue {
        ready_item* first = nullptr;
        ready_item* last = nullptr;
        void push(ready_item& item) noexcept;
    };
    static void run(queue& which) noexcept;
    void run_queue() noexcept;
    void run_timers() noexcept;
    void take_from_outside() noexcept;
    void turn() noexcept;
    void ask(zocalo::timeout limit);
    int give_to_thread(blocking_operation& what) noexcept;

    enum realm realm_;
    queue ready_;
    queue soon_;
    timer_heap timers_;
    std::size_t expected_ = 0;  ///< how many items others will post
    std::atomic<bool> outside_posted_ = false;
    std::mutex outside_mutex_;
    queue outside_;
    std::unique_ptr<thread_pool> pool_;
    unsigned done_at_once_ = 0;  ///< in this turn
    std::chrono::nanoseconds spin_{};
    bool worth_spinning_ = true;
    bool heard_ = false;
    std::unique_ptr<fault_injector> faults_;
    std::unique_ptr<name_source> names_;
};

class backend::session {
 public:
    explicit session(backend& engine);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();

 private:
    backend& engine_;
};

}  // namespace zocalo::io::detail
