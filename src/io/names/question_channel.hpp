// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/names/channel_sockets.hpp"
#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::io::detail {

/// How name servers are asked.
struct server_settings {
    std::vector<net::endpoint> servers;
    int milliseconds = 2000;
    int attempts = 3;
    bool tcp = false;
    friend bool operator==(const server_settings&, const server_settings&) = default;
};

/// Some questions to name servers that share their sockets, and a channel of c-ares.
///
/// Nobody works for the channel but those who ask: one of them waits for the sockets for all, and
/// when it has its answer, or is cancelled, another one takes over. The channel goes with the last
/// of them, and then nothing is under way.
class question_channel final : private channel_sockets {
 public:
    /// A channel takes no more questions than that, and none after that time, so that a port which
    /// somebody has found out is of little use. A question that is alone has a channel of its own.
    static constexpr std::size_t most_questions = 16;
    static constexpr std::chrono::seconds longest_use{1};

    explicit question_channel(const server_settings& settings);
    ~question_channel();

    [[nodiscard]] const server_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] bool takes_more() const noexcept {
        return taken_ < most_questions && std::chrono::steady_clock::now() - made_ < longest_use;
    }

    /// The message that answers, as it came. Throws std::system_error of net::name_category(), or
    /// std::invalid_argument for a name that cannot be asked for.
    [[nodiscard]] task<std::string> ask(std::string name, net::dns::type which);

    /// For c-ares: one question is over.
    struct question;
    void answered(question& what, int status, std::string answer) noexcept;

 private:
    class asker;
    class driver;

    question& send(const std::string& name, net::dns::type which);
    void leave(question& what) noexcept;
    task<> turn();
    void pass_on() noexcept;
    verdict judge(const_buffer data, const net::endpoint& from) const noexcept override;

    const server_settings settings_;
    ares_channeldata* channel_ = nullptr;
    std::map<std::uint16_t, std::unique_ptr<question>> questions_;  // by their number
    std::size_t taken_ = 0;                                         ///< questions so far
    std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
    event changed_;  ///< there is something new to wait for
    bool is_driven_ = false;
};

}  // namespace zocalo::io::detail
