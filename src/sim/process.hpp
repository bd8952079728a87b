// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <semaphore>
#include <string>

#include "io/backend/contract.hpp"
#include "sim/clock.hpp"
#include "sim/filing.hpp"
#include "sim/simulated_names.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::sim::detail {

struct machine;
class stack;

/// What runs on a host from a start to the next end: the tasks, and the backend that serves them.
class process final : public io::detail::backend {
 public:
    enum class role : std::uint8_t {
        work,     ///< a run of the world waits for it
        service,  ///< goes on for as long as there is a reason to run
        watched,  ///< somebody waits for this one
    };
    /// What a watched task came to. Its value is elsewhere.
    struct outcome {
        bool over = false;
        bool host_is_down = false;
        std::exception_ptr error;
    };

    explicit process(machine& of) noexcept;
    ~process() override;

    void spawn(io::task<> what, std::string name, role as);
    std::shared_ptr<outcome> watch(io::task<> what);
    /// Takes a turn when there is something to do now: whether there was.
    bool step();
    [[nodiscard]] time_point next_timer() const noexcept;
    /// Cancels all tasks and lets them end.
    void end();
    [[nodiscard]] std::string who_waits() const;

    [[nodiscard]] machine& on() const noexcept { return machine_; }
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }

    // --- The contract

    [[nodiscard]] std::string_view name() const noexcept override { return "sim"; }
    [[nodiscard]] time_point now() const noexcept override;
    [[nodiscard]] time_point lately() const noexcept override { return now(); }
    std::unique_ptr<io::detail::descriptor> listen(const net::endpoint& where,
                                                   const net::listen_options& options) override;
    std::unique_ptr<io::detail::descriptor> connect_packets(
        const net::endpoint& peer, const net::endpoint& local,
        const io::socket_settings& settings) override;
    io::detail::transport_pair make_pair() override;
    void forget(io::detail::descriptor& /*which*/) noexcept override {}
    [[nodiscard]] io::detail::name_source& names() override { return names_; }
    [[nodiscard]] bool is_ending() const noexcept override { return ended_; }
    bool receive(io::detail::receive_operation& what) override;
    bool send(io::detail::send_operation& what) override;
    bool accept(io::detail::accept_operation& what) override;
    bool connect(io::detail::connect_operation& what) override;
    bool receive_packets(io::detail::receive_packets_operation& what) override;
    bool send_packets(io::detail::send_packets_operation& what) override;
    bool wait_ready(io::detail::ready_operation& what) override;
    void cancel(io::detail::operation& what) noexcept override;
    bool do_file(io::detail::file_operation& what) override;
    void cancel_file(io::detail::file_operation& what) noexcept override;

 protected:
    /// The world waits, for all its hosts at once; it calls step().
    void wait(zocalo::timeout /*limit*/) override {}
    [[nodiscard]] bool has_pending() const noexcept override { return true; }
    void wake() noexcept override { bell_.release(); }

 private:
    class job;  // job.hpp
    job& add(io::task<> what, std::string name, role as);
    void ended(job& which) noexcept;
    bool begin(io::detail::operation& what, bool writing);
    template <class Socket>
    std::unique_ptr<io::detail::descriptor> opened(const net::endpoint& where,
                                                   const net::listen_options& options);

    machine& machine_;
    simulated_names names_;
    filing files_;
    std::list<job> jobs_;
    bool ended_ = false;
    std::counting_semaphore<> bell_{0};  ///< a thread beside the world has posted something
};

}  // namespace zocalo::sim::detail
