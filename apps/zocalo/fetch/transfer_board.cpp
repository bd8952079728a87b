// SPDX-License-Identifier: MIT
#include "fetch/transfer_board.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>

#include "relay/progress.hpp"
#include "sys/terminal.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using stage = transfer_meter::stage;

constexpr auto first_after = 500ms;
constexpr auto interval = 250ms;

std::size_t columns_now() {
    constexpr std::size_t usual = 80;
    const unsigned known = sys::columns_of(2);
    return (known == 0 ? usual : known) - 1;  // what ends in the last column may begin a new line
}

std::size_t lines_now() {
    constexpr std::size_t usual = 24;
    const unsigned known = sys::lines_of(2);
    return std::max<std::size_t>(known == 0 ? usual : known, 2) - 1;
}

}  // namespace

transfer_board::transfer_board(const std::deque<transfer_meter>& all, style how)
    : all_(all), how_(can_erase_lines() ? how : style::none) {}

io::task<> transfer_board::run() {
    for (;;) {
        look();
        if (how_ != style::none) draw();
        co_await io::sleep(interval);
    }
}

/// Notes how far each is.
void transfer_board::look() {
    const auto now = clock::now();
    rows_.resize(all_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].is_closed || all_[i].at == stage::waiting) continue;
        if (rows_[i].began == clock::time_point{}) rows_[i].began = now;
        if (all_[i].at != stage::under_way && rows_[i].last != clock::time_point{}) continue;
        rows_[i].last = now;
        rows_[i].going.note(now, all_[i].done);
    }
}

void transfer_board::draw() {
    const std::size_t columns = columns_now();
    std::string text = erasure();
    text += closing_lines(columns);
    text += open_lines(columns, lines_now());
    if (!text.empty()) std::cerr << text << std::flush;
}

void transfer_board::settle() {
    if (how_ == style::none) return;
    look();
    std::string text = erasure();
    text += closing_lines(columns_now());
    if (!text.empty()) std::cerr << text << std::flush;
}

std::string transfer_board::erasure() {
    std::string text;
    if (lines_ != 0) text = fmt::format("\x1b[{}A\r\x1b[J", lines_);
    lines_ = 0;
    return text;
}

std::string transfer_board::closing_lines(std::size_t columns) {
    std::string text;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].is_closed || all_[i].at < stage::done) continue;
        rows_[i].is_closed = true;
        if (!rows_[i].was_shown || all_[i].at == stage::failed) continue;
        text += how_ == style::bar ? bar_line(all_[i], columns)
                                   : end_line(all_[i], clock::now() - rows_[i].began, columns);
        text += '\n';
    }
    return text;
}

std::string transfer_board::line_for(const transfer_meter& of, double rate,
                                     std::size_t columns) const {
    return how_ == style::bar ? bar_line(of, columns) : meter_line(of, rate, columns);
}

std::string transfer_board::open_lines(std::size_t columns, std::size_t most) {
    std::deque<std::size_t> open;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const bool is_new = clock::now() - rows_[i].began < first_after;
        if (all_[i].at == stage::under_way && !all_[i].is_hidden && !is_new) open.push_back(i);
    }
    const std::size_t own = open.size() <= most ? open.size() : most - 1;
    std::string text;
    transfer_meter rest{.name = fmt::format("and {} more", open.size() - own), .whole = 0};
    double rate = 0;
    for (std::size_t place = 0; place < open.size(); ++place) {
        const transfer_meter& each = all_[open[place]];
        row& its = rows_[open[place]];
        its.was_shown = true;
        if (place < own) {
            text += line_for(each, its.going.per_second(), columns) + '\n';
            continue;
        }
        rest.done += each.done;
        rest.whole = rest.whole && each.whole ? http::content_size(*rest.whole + *each.whole)
                                              : http::content_size();
        rate += its.going.per_second();
    }
    if (own != open.size()) text += line_for(rest, rate, columns) + '\n';
    lines_ = own + (own == open.size() ? 0 : 1);
    return text;
}

}  // namespace zocalo::program
