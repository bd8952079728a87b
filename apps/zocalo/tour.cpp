// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "duration.hpp"
#include "relay/interruptible.hpp"
#include "tour/chapters.hpp"
#include "tour/painter.hpp"
#include "tour/stage.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

using clock = std::chrono::steady_clock;

enum class ending { shown, failed, skipped };

double seconds_since(clock::time_point start) {
    return std::chrono::duration<double>(clock::now() - start).count();
}

ending play(const chapter& chapter, const painter& painter, interruptible& loop) {
    const auto start = clock::now();
    try {
        stage stage(painter, loop);
        const std::string_view result = chapter.play(stage);
        painter.outcome(true, fmt::format("{} ({:.0f} ms)", result, 1000 * seconds_since(start)));
        return ending::shown;
    } catch (const not_here& why) {
        painter.skipped(why.what());
        return ending::skipped;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception& error) {
        painter.outcome(false, error.what());
        return ending::failed;
    }
}

/// Sleeps, unless Ctrl-C comes first.
io::task<> pause(timeout time, io::event& stop) {
    co_await io::any(io::sleep(time), stop.wait());
}

exit_code tour(timeout pace) {
    interruptible loop;
    const painter painter;
    const auto start = clock::now();
    if (pace.is_none()) {
        pace = painter.is_terminal() ? timeout(std::chrono::milliseconds(700)) : timeout::zero();
    }
    painter.title("zocalo tour",
                  "The exchanges of the socket tutorials, live on this machine, between real "
                  "processes.");
    int count[3] = {};
    std::size_t number = 0;
    for (const chapter& chapter : chapters()) {
        painter.chapter(++number, chapter.heading, chapter.story);
        ++count[static_cast<int>(play(chapter, painter, loop))];
        loop.run(pause(pace, loop.stop()));
    }
    std::string summary = fmt::format("{} of {} exchanges went as told", count[0], number);
    if (count[1] != 0) summary += fmt::format(", {} did not", count[1]);
    if (count[2] != 0) summary += fmt::format(", {} could not be shown here", count[2]);
    std::cout << '\n';
    painter.outcome(count[1] == 0,
                    fmt::format("{}, in {:.1f} seconds", summary, seconds_since(start)));
    std::cout << "\n   The programs are in examples/, their story is in docs/tutorial/.\n"
                 "   Go on with: zocalo --help\n";
    return count[1] == 0 ? exit_code::ok : exit_code::failure;
}

}  // namespace

void add_tour(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "tour", "Show every exchange of the tutorials, live on this machine",
        {{"tour", "all of them, in a few seconds"},
         {"tour --pause 5", "with time to read; without colours when NO_COLOR is set"}});
    const auto pace = std::make_shared<timeout>(timeout::none());
    add_duration(command, "--pause", *pace,
                 "Time to read after each exchange; 0.7 s on a terminal, else none");
    command.callback([pace, &shared] { shared.status = tour(*pace); });
}

}  // namespace zocalo::program
