// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

/// Streams that go no faster than they should.
namespace zocalo::io {

/// So many bytes in a second, for one stream or for all that share it.
///
/// Over any span, `bytes_per_second` times its length go through, and `burst` bytes more.
/// **Threads.** That of the loop only. Throws std::invalid_argument for 0.
class bandwidth {
 public:
    explicit bandwidth(std::uint64_t bytes_per_second, std::size_t burst = std::size_t{16} * 1024);

    /// Waits until bytes may go; charge() then says how many do. Before you wait for anything else:
    /// until then others may go as well.
    [[nodiscard]] task<> wait();
    void charge(std::size_t bytes) noexcept;
    [[nodiscard]] std::size_t burst() const noexcept { return burst_; }

 private:
    [[nodiscard]] std::chrono::nanoseconds time_for(std::size_t bytes) const noexcept;

    std::uint64_t rate_;
    std::size_t burst_;
    time_point paid_until_{};  ///< what went so far would take until then
};

/// The same stream with a limit on what is read and on what is written; null: none. TLS, options
/// and the like belong below it.
///
/// Streams that share a limit take turns: what comes for several of them at once is handed out one
/// burst after the other. A stream holds at most one burst meanwhile.
[[nodiscard]] stream limit_bandwidth(stream below, std::shared_ptr<bandwidth> reading,
                                     std::shared_ptr<bandwidth> writing);

}  // namespace zocalo::io
