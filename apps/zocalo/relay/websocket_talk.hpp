// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "relay/activity.hpp"
#include "relay/link_options.hpp"
#include "relay/local_side.hpp"
#include "relay/websocket_options.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/ws/connection.hpp"

namespace zocalo::program {

/// Messages between our end of a conversation and a peer. All of them must outlive it.
class websocket_talk {
 public:
    /// `whom` is the peer, for messages.
    websocket_talk(const link_options& link, const websocket_choice& choice, const context& shared,
                   local_side& side, io::stream& mine, ws::connection& peer, std::string whom);

    /// What connection::run() is given: to the end of the peer, or to its answer when the input has
    /// ended and it was told that. Throws file_error.
    io::task<> dialogue();
    /// Throws std::errc::timed_out when nothing has moved for so long.
    io::task<> keep_idle_limit();

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] const activity& moves() const noexcept { return moves_; }

 private:
    io::task<> hear();
    io::task<> show(ws::message got);
    [[nodiscard]] std::string printed(ws::message got) const;
    io::task<> speak();
    io::task<> send_input();
    io::task<> send_messages();
    io::task<> send_whole_input();
    io::task<std::optional<std::string>> next_message();
    io::task<bool> read_more();
    io::task<> wait_for_answers();
    io::task<> close_on_stop();
    void tell_frame(bool is_sent, std::string_view what, std::string_view data);
    void note_sent(std::string_view data);

    const link_options& link_;
    const websocket_choice& choice_;
    const context& shared_;
    local_side& side_;
    io::stream& mine_;
    ws::connection& peer_;
    const std::string whom_;
    io::reader input_;
    const char end_;
    const bool is_shown_;  ///< on a terminal
    activity moves_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    bool mine_has_failed_ = false;
};

}  // namespace zocalo::program
