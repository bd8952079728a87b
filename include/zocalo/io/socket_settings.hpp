// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::io {

/// Options that a socket gets before it is bound and connected: its interface, its mark, its type
/// of service.
///
///     io::socket_settings from_eth1;
///     from_eth1.set(net::option::bind_to_device{"eth1"}).set(net::option::mark{7});
class socket_settings {
 public:
    struct setting {
        int level;
        int name;
        std::string value;  ///< as the kernel has it
    };

    /// Throws std::invalid_argument for a value that the kernel's type cannot hold.
    template <net::settable_option Option>
    socket_settings& set(const Option& option) {
        all_.push_back(
            {Option::level, Option::name, std::string(const_buffer(option.encode()).text())});
        return *this;
    }
    [[nodiscard]] const std::vector<setting>& all() const noexcept { return all_; }

 private:
    std::vector<setting> all_;
};

}  // namespace zocalo::io
