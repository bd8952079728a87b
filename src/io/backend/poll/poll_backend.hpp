// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>

#include <optional>
#include <vector>

#include "io/backend/readiness.hpp"
#include "net/wake_up.hpp"

namespace zocalo::io::detail {

/// The backend of get(): it registers nothing and costs nothing to make, so a stream may be used
/// with it from one thread and later from another.
///
/// A single receive, or a single operation on a file, with nothing beside it is left to block in
/// the kernel, as a program without us would do it.
class poll_backend final : public readiness_backend {
 public:
    /// Opens now what hearing from other threads takes, not when it is first waited for: by then
    /// somebody may have taken the last descriptor.
    void open_bell();

    [[nodiscard]] std::string_view name() const noexcept override { return "poll"; }
    void forget(descriptor& /*which*/) noexcept override {}
    void expect() override;
    bool do_file(file_operation& what) override;
    void cancel_file(file_operation& what) noexcept override;

 protected:
    void wait(zocalo::timeout limit) override;
    [[nodiscard]] bool has_pending() const noexcept override {
        return readiness_backend::has_pending() || !files_.empty();
    }
    void wake() noexcept override { bell_->ring(); }

    int watch(system_descriptor& which, bool writing) override;
    void unwatch(system_descriptor& which, bool writing) noexcept override;

 private:
    bool block_in_receive(zocalo::timeout limit);
    bool block_in_file(zocalo::timeout limit);
    void tidy() noexcept;
    void finish(std::size_t place, bool writing, unsigned events);

    std::vector<system_descriptor*> watched_;  ///< those with an operation; null: it has ended
    std::vector<file_operation*> files_;       ///< those that no thread has yet
    std::vector<pollfd> entries_;              ///< the same for the kernel, and the bell
    std::optional<net::wake_up> bell_;
};

}  // namespace zocalo::io::detail
