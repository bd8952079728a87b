// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zocalo/tls/hash.hpp"

namespace zocalo::tls {

/// The hash of bytes that come piece by piece: digest() for those that are never there at once.
class hasher {
 public:
    /// Throws std::system_error where the system's policy forbids that hash.
    explicit hasher(hash which);
    hasher(hasher&& other) noexcept;
    hasher& operator=(hasher&& other) noexcept;
    ~hasher();

    void add(std::string_view data);
    /// Of all that was added, as bytes; nothing may be added afterwards.
    [[nodiscard]] std::string finish();

 private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace zocalo::tls
