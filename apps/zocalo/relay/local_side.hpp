// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "relay/console.hpp"
#include "relay/link_options.hpp"
#include "relay/progress.hpp"
#include "relay/relay.hpp"
#include "zocalo/io/process.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::program {

/// Our end of one conversation.
struct local_end {
    io::stream stream;
    std::optional<io::process> program = {};
};

/// What is on our side of conversations: standard input and output for all of them, or a program
/// for each; the record of traffic, and the line of progress. Everything must outlive it.
class local_side {
 public:
    /// `ends_with_peer`: as in console.
    local_side(const link_options& link, const context& shared, bool ends_with_peer,
               io::event& stop);
    ~local_side();
    local_side(const local_side&) = delete;
    local_side& operator=(const local_side&) = delete;

    /// Runs `work`, in which the conversations are, and beside it what they need. Throws file_error
    /// when the input cannot be read.
    io::task<> run(io::task<> work);

    /// An end for a conversation between these. Throws std::system_error that names the program
    /// when it cannot be started.
    [[nodiscard]] local_end open(const net::endpoint& peer, const net::endpoint& here,
                                 bool in_packets);

    /// Says what has become of a conversation: the relay, and why it failed, if it did.
    using epilogue = std::function<void(const relay& over, const std::string& why)>;

    /// One conversation over `link`, which is closed then, to the end of its program. Throws as
    /// relay::run() does, after `farewell`.
    io::task<> converse(local_end mine, io::stream& link, relay_rules rules, epilogue farewell);

    /// Closes our end, and waits for its program.
    io::task<> part(local_end& mine, timeout patience = timeout::none());

    /// What all conversations follow.
    [[nodiscard]] relay_rules rules() const;
    [[nodiscard]] bool has_program() const noexcept { return program_.has_value(); }
    [[nodiscard]] bool is_interactive() const noexcept { return console_.is_interactive(); }
    /// The record of traffic, or null.
    [[nodiscard]] traffic_log* log() const noexcept { return log_.get(); }
    /// say(), beside the line of progress.
    void tell(int level, std::string_view line);
    [[nodiscard]] io::event& stop() const noexcept { return stop_; }

 private:
    io::task<> read_input();
    io::task<> show_progress();
    io::task<> let_talk(io::stream& local, io::stream& link, relay_rules rules, epilogue farewell);

    const link_options& link_;
    const context& shared_;
    io::event& stop_;
    const std::optional<std::vector<std::string>> program_;
    console console_;
    std::unique_ptr<traffic_log> log_;
    progress progress_;
    std::vector<const relay*> talks_;
    std::uint64_t sent_ = 0;  // in those that are over
    std::uint64_t received_ = 0;
};

}  // namespace zocalo::program
