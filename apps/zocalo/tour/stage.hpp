// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "relay/interruptible.hpp"
#include "tour/painter.hpp"
#include "zocalo/io/process.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::program {

/// An exchange did not go as the tour tells it.
class went_wrong : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// This machine does not permit an exchange.
class not_here : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Standard output or standard error of an actor.
struct voice {
    io::stream* from = nullptr;
    std::string rest = {};  // of a line that has not ended
    bool silent = false;    // it has ended
};

/// A real process that plays a part; what it prints is shown as it comes.
struct actor {
    std::string name;
    painter::tone tone;
    io::process process;
    voice voices[2] = {};
    std::vector<std::string> unheard = {};  // what it has said and nobody has waited for
    std::optional<int> status = {};         // once it has ended

    [[nodiscard]] bool is_silent() const noexcept { return voices[0].silent && voices[1].silent; }
};

/// Starts actors, shows what they say, waits for what they should say, and ends them.
///
/// Everything that waits is bounded and throws went_wrong when time is up, and net::stopped on
/// Ctrl-C. No actor outlives the stage.
class stage {
 public:
    stage(const painter& painter, interruptible& loop) : painter_(painter), loop_(loop) {}
    stage(const stage&) = delete;
    stage& operator=(const stage&) = delete;

    /// Starts one of the tutorials' programs (`greeting_server`), or this program (`zocalo`), or a
    /// program of the system; `input` becomes its standard input, which then ends.
    actor& start(const std::string& name, const std::vector<std::string>& arguments,
                 std::string_view input = {});

    /// Waits until `who` says a line with `text` in it, or takes one that it has said; returns it.
    /// Two lines may come in any order, for stdout and stderr are two pipes.
    std::string hears(actor& who, std::string_view text);
    /// Waits until `who` ends by itself, which must be well.
    void ends(actor& who);
    /// Ends `who` with Ctrl-C, which it must take well.
    void dismiss(actor& who);

    /// `wanted`, or another port when somebody else has that one; says so.
    std::uint16_t free_port(std::uint16_t wanted, bool udp = false);

    [[nodiscard]] const painter& paint() const noexcept { return painter_; }

 private:
    void pump(std::chrono::milliseconds longest);
    io::task<> listen(std::chrono::milliseconds longest);
    io::task<> read(actor& who, voice& from);
    void said(actor& who, voice& from);
    void wait_for_end(actor& who);
    io::task<> wait_for_status(actor& who);

    const painter& painter_;
    interruptible& loop_;
    std::vector<std::unique_ptr<actor>> actors_;
};

}  // namespace zocalo::program
