// SPDX-License-Identifier: MIT
#include "fetch/transfer_meter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "relay/progress.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr auto memory = 5s;
constexpr auto longest_told = 100h;
constexpr std::size_t widest_bar = 40;
constexpr std::size_t longest_name = 2000;  // of bytes; no terminal is as wide

bool is_first_of_letter(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// Most letters of three bytes and more may take two columns: better too short than too long.
std::size_t columns_of(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (!is_first_of_letter(first)) return 0;
    return byte >= 0xE0 ? 2 : 1;
}

std::size_t columns_of(std::string_view text) {
    std::size_t sum = 0;
    for (const char each : text)
        sum += columns_of(each);
    return sum;
}

std::string end_of_name(const std::string& name, std::size_t room) {
    const std::string shown = escaped(name, longest_name);
    std::size_t width = columns_of(shown);
    if (width <= room) return shown;
    constexpr std::string_view dots = "...";
    if (room <= dots.size()) return {};
    std::size_t from = 0;
    while (from < shown.size() && (width > room - dots.size() || !is_first_of_letter(shown[from])))
        width -= columns_of(shown[from++]);
    return std::string(dots) + shown.substr(from);
}

/// The name at the left, the figures at the right.
std::string line_of(const std::string& name, const std::string& figures, std::size_t columns) {
    if (figures.size() >= columns) return figures.substr(0, columns);
    const std::size_t room = columns - figures.size() - 1;
    std::string text = end_of_name(name, room);
    const std::size_t width = columns_of(text);
    text.append(room - std::min(room, width) + 1, ' ');
    return text + figures;
}

double part_of(const transfer_meter& of) {
    if (!of.whole || *of.whole == 0) return 0;
    return std::min(1.0, static_cast<double>(of.done) / static_cast<double>(*of.whole));
}

}  // namespace

void pace::note(clock::time_point when, std::uint64_t done) {
    if (!samples_.empty() && done < samples_.back().done) samples_.clear();  // begun anew
    while (samples_.size() > 2 && when - samples_[1].when > memory)
        samples_.pop_front();
    samples_.push_back({when, done});
}

double pace::per_second() const {
    if (samples_.size() < 2) return 0;
    const sample& first = samples_.front();
    const sample& last = samples_.back();
    const double took = std::chrono::duration<double>(last.when - first.when).count();
    return took > 0 ? static_cast<double>(last.done - first.done) / took : 0;
}

std::string meter_line(const transfer_meter& of, double rate, std::size_t columns) {
    std::string text;
    if (of.whole) {
        text = fmt::format("{:3.0f} %  {} of {}", std::floor(part_of(of) * 100), size_text(of.done),
                           size_text(*of.whole));
    } else {
        text = size_text(of.done);
    }
    text += fmt::format("  {}/s", size_text(static_cast<std::uint64_t>(rate)));
    if (of.whole && *of.whole > of.done && rate >= 1) {
        const double left = static_cast<double>(*of.whole - of.done) / rate;
        const double told = std::min(left, std::chrono::duration<double>(longest_told).count());
        const auto seconds = std::chrono::seconds(static_cast<std::int64_t>(std::ceil(told)));
        text += "  " + clock_text(seconds) + " left";
    }
    return line_of(of.name, text, columns);
}

std::string bar_line(const transfer_meter& of, std::size_t columns) {
    if (!of.whole) return line_of(of.name, size_text(of.done), columns);
    const std::size_t width = std::min(widest_bar, columns / 2);
    const double part = part_of(of);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
    std::string bar(full, '=');
    if (full < width) bar += '>';
    bar.resize(width, ' ');
    return line_of(of.name, "[" + bar + "]" + fmt::format(" {:3.0f} %", std::floor(part * 100)),
                   columns);
}

std::string end_line(const transfer_meter& of, std::chrono::nanoseconds took, std::size_t columns) {
    const double seconds = std::chrono::duration<double>(took).count();
    const double rate = seconds > 0 ? static_cast<double>(of.done - of.before) / seconds : 0;
    const std::string text = fmt::format("{} in {}  {}/s", size_text(of.done),
                                         clock_text(std::chrono::ceil<std::chrono::seconds>(took)),
                                         size_text(static_cast<std::uint64_t>(rate)));
    return line_of(of.name, text, columns);
}

std::string clock_text(std::chrono::seconds span) {
    const std::int64_t all = std::max<std::int64_t>(span.count(), 0);
    const std::int64_t hours = all / 3600;
    const std::int64_t minutes = all / 60 % 60;
    if (hours == 0) return fmt::format("{}:{:02}", minutes, all % 60);
    return fmt::format("{}:{:02}:{:02}", hours, minutes, all % 60);
}

}  // namespace zocalo::program
