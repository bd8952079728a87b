// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/backend/contract.hpp"
#include "io/backend/system_descriptor.hpp"
#include "io/backend/uring/buffer_group.hpp"
#include "io/backend/uring/ring.hpp"
#include "io/backend/uring/socket_table.hpp"
#include "net/wake_up.hpp"

namespace zocalo::io::detail {

/// Sizes; the tests make them tiny.
struct uring_options {
    unsigned entries = 512;        ///< of the submission queue
    std::uint16_t buffers = 4096;  ///< at most; a power of two

    /// As ZOCALO_URING says: "entries=8,buffers=16".
    static uring_options from_environment();
};

/// Completions by io_uring(7).
///
/// **Reading.** One request per connection stays in the kernel and answers for each portion that
/// arrives, in a small buffer that is lent from a group. A connection that sends more than that is
/// received when it is readable, as on epoll: copying into memory that is in the cache counts more
/// than system calls then. What arrives while nobody reads is kept, a few portions; then the
/// request is ended until somebody reads. A large read into the caller's memory goes there
/// straight.
///
/// **Writing.** What is short joins the batch that the ring submits; the rest is tried at once, as
/// a plain system call, and left to the ring when there is no room.
///
/// **Accepting.** One request as well. Near the process's limit of descriptors connections move
/// into slots of the ring, which the limit does not count; see slot_descriptor.
///
/// **Lifetime.** An entry is free only when the kernel has said its last word about it. What is
/// left in the ring when run() ends is cancelled and its bytes handed to the streams: between two
/// runs a stream belongs to nobody and may be used with another loop, or with none.
class uring_backend final : public backend {
 public:
    /// Throws std::system_error when the kernel or a container forbids it.
    explicit uring_backend(const uring_options& sizes = {});
    ~uring_backend() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "uring"; }

    std::unique_ptr<descriptor> listen(const net::endpoint& where,
                                       const net::listen_options& options) override;
    void forget(descriptor& which) noexcept override;

    bool receive(receive_operation& what) override;
    bool send(send_operation& what) override;
    bool accept(accept_operation& what) override;
    bool connect(connect_operation& what) override;
    bool receive_packets(receive_packets_operation& what) override;
    bool send_packets(send_packets_operation& what) override;
    bool wait_ready(ready_operation& what) override;
    void cancel(operation& what) noexcept override;
    bool do_file(file_operation& what) override;
    void cancel_file(file_operation& what) noexcept override;

    /// A descriptor's number for what the ring cannot do on a slot: owned by the caller, or empty.
    [[nodiscard]] unique_fd number_for(std::int32_t slot) noexcept;

 protected:
    void begin_run() override;
    void end_run() noexcept override;
    void wait(zocalo::timeout limit) override;
    [[nodiscard]] bool has_pending() const noexcept override { return kept_ > 0; }
    void wake() noexcept override { bell_.ring(); }

 private:
    // uring_backend.cpp: the ring and the entries
    void make_ring();
    void drop_ring() noexcept;
    void await_bell();
    int attach(descriptor& which);
    [[nodiscard]] bool is_socket(const socket_entry& which) const noexcept;
    void put(descriptor& which, std::int32_t number, bool by_slot);
    void free_if_over(std::uint32_t place) noexcept;
    void stop_all() noexcept;
    void leave_to_owner(std::uint32_t place) noexcept;

    // requests.cpp: what goes to the kernel and comes back
    io_uring_sqe& ask(std::uint32_t place, request what, int opcode);
    void ask_readiness(std::uint32_t place, bool writing);
    bool wait_for_readiness(operation& what, bool writing);
    void answer_readiness(std::uint32_t place, bool writing, std::int32_t result);
    void stop(std::uint32_t place, request what) noexcept;
    void stop_receiving(std::uint32_t place) noexcept;
    void stop_again(std::uint32_t place) noexcept;
    void take_completions();
    void answer(const completion& from);
    void answer_socket(std::uint32_t place, request to, const completion& from);
    [[nodiscard]] request request_of(const operation& writing) noexcept;
    bool keep(operation& what, bool writing) noexcept;
    static bool settled(operation& what, std::int32_t result) noexcept {
        what.result = result;
        what.now = operation::state::done;
        return false;
    }
    void finish(operation*& slot, std::int32_t result);
    void start_reading(std::uint32_t place);

    // receiving.cpp
    static bool take_unread(socket_entry& from, receive_operation& what);
    void start_receiving(std::uint32_t place, receive_operation& what);
    void receive_into(std::uint32_t place, const receive_operation& what);
    void answer_receive(std::uint32_t place, std::int32_t result);
    void answer_stream(std::uint32_t place, const completion& from);
    void arrive(std::uint32_t place, arrived bytes);
    void hold(std::uint32_t place, const arrived& bytes);
    void end_of_bytes(std::uint32_t place, std::int32_t result);
    void serve_starved();
    void receive_ready(std::uint32_t place, unsigned events);
    void rescue(std::uint32_t place);
    void become_large(std::uint32_t place) noexcept;
    void count_large(socket_entry& which, std::int32_t result) const noexcept;

    // renewing.cpp: ends that the kernel has lost
    void note_bytes(std::uint32_t place);
    void schedule_sweep();
    void renew_quiet() noexcept;
    void stop_sweeping() noexcept;

    // sending.cpp
    void send_rest(std::uint32_t place, const send_operation& what);
    void answer_send(std::uint32_t place, std::int32_t result);

    // accepting.cpp
    bool take_waiting(socket_entry& from, accept_operation& what);
    void start_accepting(std::uint32_t place);
    void answer_arrival(std::uint32_t place, std::int32_t result);
    void refuse(std::uint32_t place, std::int32_t error);
    [[nodiscard]] std::unique_ptr<transport> connection(unique_fd fd);
    [[nodiscard]] std::int32_t take_slot(int fd) noexcept;
    [[nodiscard]] bool has_slots() noexcept;
    void close_unclaimed(std::uint32_t install, std::int32_t result) noexcept;

    // filing.cpp
    void answer_file(std::uint32_t place, std::int32_t result);

    struct sweep final : timer_operation {
        explicit sweep(uring_backend& by) noexcept : of(by) {}
        void complete() noexcept override;
        uring_backend& of;
    };

    /// A socket whose place may be another one's by now.
    struct noted {
        std::uint32_t place;
        std::uint32_t generation;
    };

    uring_options sizes_;
    net::wake_up bell_;
    std::unique_ptr<ring> ring_;
    buffer_group* lent_ = nullptr;
    socket_table table_;
    std::vector<file_operation*> files_;  ///< those under way; null: a free place
    std::vector<std::uint32_t> starved_;  ///< readers that found no buffer
    std::vector<noted> noted_;            ///< whose requests brought bytes and go on
    sweep sweep_{*this};
    std::size_t kept_ = 0;                  ///< operations that wait for an answer
    std::size_t in_kernel_ = 0;             ///< requests that the kernel has not ended
    std::uint32_t installs_ = 0;            ///< tells their answers apart
    std::vector<std::uint32_t> unclaimed_;  ///< those whose answer came too late
    int near_limit_ = 0;                    ///< from this descriptor on they are nearly used up
    bool bell_awaited_ = false;
    bool slots_tried_ = false;
    std::uint32_t slot_count_ = 0;
    std::uint32_t used_slots_ = 0;  ///< those that were ever used
    std::vector<std::uint32_t> free_slots_;
};

}  // namespace zocalo::io::detail
