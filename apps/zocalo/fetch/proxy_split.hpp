// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "fetch/wire_split.hpp"
#include "zocalo/io/proxy.hpp"

namespace zocalo::program {

/// The dialogue with a proxy until it lets a connection through, without what proves who we are:
/// the password of HTTP is `***`, and each byte of that of SOCKS 5 is `*`. What comes behind is not
/// told.
class proxy_split {
 public:
    proxy_split(io::proxy::protocol kind, part_watcher watcher);

    void see(serve::flow which, std::string_view bytes);
    /// The proxy has let the connection through, or has said no.
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

 private:
    enum class step : std::uint8_t { method, password, reply };

    void see_http_part(serve::flow which, wire_part part, std::string_view bytes);
    void see_socks5(serve::flow which, std::string_view bytes);
    [[nodiscard]] std::size_t take_answer(std::string_view bytes);
    [[nodiscard]] std::size_t answer_size() const;
    void end_answer();

    io::proxy::protocol kind_;
    part_watcher watcher_;
    http1_split http_;
    step step_ = step::method;
    std::string answer_;  ///< of SOCKS, as far as it came
    bool is_over_ = false;
};

}  // namespace zocalo::program
