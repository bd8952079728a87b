// SPDX-License-Identifier: MIT
#include "relay/progress.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "sys/file.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1s;

}  // namespace

bool can_erase_lines() {
    const char* term = std::getenv("TERM");
    return sys::isatty(2) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1000) return fmt::format("{} B", bytes);
    const char* unit = "kMGTPE";
    double value = static_cast<double>(bytes) / 1000;
    for (; value >= 999.95; value /= 1000)
        ++unit;
    return fmt::format("{:.1f} {}B", value, *unit);
}

progress::progress(bool wanted)
    : wanted_(wanted && can_erase_lines()), output_is_terminal_(sys::isatty(1) == 1) {}

timeout progress::patience() const {
    if (!wanted_) return timeout::none();
    return last_ + interval - clock::now();
}

void progress::tell(std::uint64_t sent, std::uint64_t received) {
    if (!wanted_) return;
    const auto now = clock::now();
    if (now < last_ + interval) return;
    if (is_in_the_way(received)) {
        erase();
        wanted_ = false;
        return;
    }
    const std::chrono::duration<double> since = now - last_;
    const std::chrono::duration<double> whole = now - started_;
    const auto rate = static_cast<double>(sent + received - moved_) / since.count();
    std::cerr << fmt::format("\r\x1b[K{} sent, {} received in {:.0f} s, {}/s now", size_text(sent),
                             size_text(received), whole.count(),
                             size_text(static_cast<std::uint64_t>(rate)))
              << std::flush;
    drawn_ = true;
    last_ = now;
    moved_ = sent + received;
}

void progress::erase() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
    drawn_ = false;
}

}  // namespace zocalo::program
