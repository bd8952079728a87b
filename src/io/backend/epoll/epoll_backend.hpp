// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "io/backend/readiness.hpp"
#include "net/wake_up.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::io::detail {

/// Readiness by epoll(7), level-triggered.
///
/// A descriptor is registered by its first operation that has to wait, and stays: a dialogue costs
/// no further call. A direction that is reported while nobody waits for it is taken out, so that
/// data which nobody reads does not keep the loop awake. Descriptors are found by their number, and
/// known by which registration it was: a late report about one that was closed meanwhile finds
/// nothing, or a successor with the same number, and is passed over.
class epoll_backend final : public readiness_backend {
 public:
    /// Throws std::system_error when there are no descriptors left.
    epoll_backend();
    ~epoll_backend() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "epoll"; }
    void forget(descriptor& which) noexcept override;
    /// Can be read when wait() has something to report.
    [[nodiscard]] int fileno() const noexcept { return epoll_.get(); }

 protected:
    void wait(zocalo::timeout limit) override;
    void wake() noexcept override { bell_.ring(); }

    int watch(system_descriptor& which, bool writing) override;
    void pause(system_descriptor& which) noexcept override;

 private:
    /// What an event carries: the number of a descriptor, and its registration.
    struct tag {
        std::uint32_t number;
        std::uint32_t registration;
    };
    int tell_kernel(system_descriptor& which, std::uint8_t directions) noexcept;
    [[nodiscard]] system_descriptor* find(tag about) const noexcept;
    void report(tag about, unsigned events);
    void proceed_if_kept(operation*& slot);
    void proceed_if_kept(operation*& slot, unsigned events);

    unique_fd epoll_;
    net::wake_up bell_;
    std::vector<system_descriptor*> by_number_;
    std::uint32_t registrations_ = 0;  ///< so far
};

}  // namespace zocalo::io::detail
