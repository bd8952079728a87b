// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "tls/openssl.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::tls::detail {

/// What OpenSSL takes for the network: it reads what has arrived and writes into memory. So one
/// call of OpenSSL makes one write, however many records it gives.
class wire {
 public:
    /// A BIO on this, which must outlive it.
    [[nodiscard]] bio_ptr make_bio();

    // --- For the connection

    /// The next bytes from the peer; nothing is left of the last ones.
    void give(io::chunk arrived) noexcept;
    [[nodiscard]] bool has_input() const noexcept { return !arrived_.empty(); }
    /// Bytes for the peer.
    [[nodiscard]] std::string& output() noexcept { return output_; }
    /// From now on OpenSSL reads nothing more.
    void cut() noexcept { is_cut_ = true; }

    // --- For OpenSSL: how many bytes were read; nothing when it has to wait for more

    [[nodiscard]] std::size_t read(mutable_buffer into) noexcept;
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

 private:
    io::chunk arrived_;
    std::size_t used_ = 0;
    std::string output_;
    bool is_cut_ = false;
};

}  // namespace zocalo::tls::detail
