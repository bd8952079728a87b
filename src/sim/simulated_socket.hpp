// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/backend/descriptor.hpp"
#include "sim/connection.hpp"
#include "zocalo/io/detail/stream_operations.hpp"

namespace zocalo::sim::detail {

class process;

/// What a program holds of a connection or a listener in the simulated network.
class simulated_socket : public io::detail::descriptor {
 public:
    /// Tries to do what is asked without waiting: whether it is finished.
    virtual bool attempt(io::detail::operation& what) = 0;

    /// Options are remembered, so that what was set can be read; SO_LINGER and TCP_NODELAY have an
    /// effect.
    int set_option(int level, int name, const_buffer value) noexcept override;
    int get_option(int level, int name, mutable_buffer value) noexcept override;

 protected:
    explicit simulated_socket(process& of) noexcept;
    ~simulated_socket() override;
    /// What a system call gave, as the result of an operation; false for −EAGAIN.
    static bool finish(io::detail::operation& what, long result) noexcept;
    /// Finishes what waits, as far as that is possible now.
    void retry();
    virtual void option_set(int /*level*/, int /*name*/) {}
    /// What an option was set to, or zeroes.
    template <class Value>
    [[nodiscard]] Value option(int level, int name) const;

 private:
    process& process_;
    std::map<std::pair<int, int>, std::string> options_;
};

/// A connection.
class stream_socket final : public simulated_socket, private observer {
 public:
    stream_socket(process& of, std::shared_ptr<connection> made);
    ~stream_socket() override;

    bool attempt(io::detail::operation& what) override;
    int shutdown(net::direction which) noexcept override;
    std::int64_t send_now(const_buffer data) noexcept override;
    [[nodiscard]] net::endpoint local_endpoint() const override { return connection_->local(); }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return connection_->remote(); }

 private:
    void changed() override { retry(); }
    void option_set(int level, int name) override;
    long receive(io::detail::receive_operation& what);
    long send(io::detail::send_operation& what);

    std::shared_ptr<connection> connection_;
};

}  // namespace zocalo::sim::detail
