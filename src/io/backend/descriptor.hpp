// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::io::detail {

/// Whose sockets they are: a backend and the descriptors that it works on are of one realm.
enum class realm : std::uint8_t { kernel, simulated };

/// A socket as the engine sees it: a transport that backends work on directly.
class descriptor : public transport {
 private:
    enum realm realm_;  // first, where transport leaves room

 public:
    bool only_at_home = false;     ///< no other backend can work on it
    std::uint8_t in_vain = 0;      ///< wake-ups for an error in a row that brought nothing
    std::uint32_t place = 0;       ///< there: uring's entry, epoll's registration
    backend* home = nullptr;       ///< where it is registered
    operation* reading = nullptr;  ///< kept by the backend
    operation* writing = nullptr;

    [[nodiscard]] enum realm realm() const noexcept { return realm_; }
    /// Throws std::logic_error when the backend is of another realm.
    void must_be_of(const backend& engine) const;

    /// What transport::native() says, of none too.
    [[nodiscard]] static descriptor* of(transport* on) noexcept {
        return on != nullptr && on->kind_ == kind::native ? static_cast<descriptor*>(on) : nullptr;
    }

    task<chunk> read() final;
    task<std::size_t> read_some(mutable_buffer into) final;
    task<> write(std::span<const const_buffer> pieces) final;
    task<> finish() final;

    /// What does not wait goes to the socket itself; the results are those of src/sys.
    virtual int shutdown(net::direction which) noexcept = 0;
    virtual int set_option(int level, int name, const_buffer value) noexcept = 0;
    virtual int get_option(int level, int name, mutable_buffer value) noexcept = 0;
    /// Sends what can be sent without waiting. −EAGAIN: nothing, or there is no such way here.
    virtual std::int64_t send_now(const_buffer data) noexcept;
    /// The number of the file descriptor, or −1.
    [[nodiscard]] virtual int fileno() const noexcept { return -1; }

    [[nodiscard]] bool is_busy() const noexcept { return reading != nullptr || writing != nullptr; }

 protected:
    explicit descriptor(enum realm where = realm::kernel) noexcept
        : transport(kind::native), realm_(where) {}
};

/// What stream::pair() is made of.
using transport_pair = std::pair<std::unique_ptr<transport>, std::unique_ptr<transport>>;

}  // namespace zocalo::io::detail
