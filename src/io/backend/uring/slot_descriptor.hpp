// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "io/backend/system_descriptor.hpp"

namespace zocalo::io::detail {

class uring_backend;

/// A connection that is in a slot of a ring and has no descriptor, so that the limit of those does
/// not count it. It stays on its loop. Options and names cost a descriptor for a moment.
class slot_descriptor final : public descriptor {
 public:
    slot_descriptor(uring_backend& engine, std::int32_t slot, const net::endpoint& peer)
        : slot_(slot), engine_(engine), notes_(peer) {
        only_at_home = true;
    }
    ~slot_descriptor() override;

    int shutdown(net::direction which) noexcept override;
    int set_option(int level, int name, const_buffer value) noexcept override;
    int get_option(int level, int name, mutable_buffer value) noexcept override;
    [[nodiscard]] net::endpoint local_endpoint() const override;
    [[nodiscard]] net::endpoint peer_endpoint() const override { return notes_.peer(); }

 private:
    /// A descriptor for it, or none when the loop is gone or there are none.
    [[nodiscard]] unique_fd number() const noexcept;

    std::int32_t slot_;
    uring_backend& engine_;
    peer_notes notes_;
};

}  // namespace zocalo::io::detail
