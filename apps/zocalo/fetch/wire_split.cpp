// SPDX-License-Identifier: MIT
#include "fetch/wire_split.hpp"

#include <algorithm>
#include <utility>

namespace zocalo::program {

using serve::flow;

namespace {

/// Behind the empty line that ends it; npos when that has not come.
std::size_t end_of_head(std::string_view text) noexcept {
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        const std::string_view rest = text.substr(at + 1);
        if (rest.starts_with('\n')) return at + 2;
        if (rest.starts_with("\r\n")) return at + 3;
    }
    return std::string_view::npos;
}

/// 100, 103: another head follows.
bool is_interim(std::string_view head) noexcept {
    const auto blank = head.find(' ');
    const std::string_view status = head.substr(std::min(blank, head.size() - 1) + 1, 3);
    return status.starts_with('1') && status != "101";
}

}  // namespace

http1_split::http1_split(part_watcher watcher)
    : watcher_(std::move(watcher)),
      mask_(serve::hide_after({"Authorization:", "Proxy-Authorization:", "Cookie:", "Set-Cookie:",
                               "Cookie2:", "Set-Cookie2:"})) {}

http1_split::~http1_split() {
    for (const flow which : {flow::sent, flow::received})
        tell_head(which);
}

/// The line of a secret that was folded is one, too.
void http1_split::tell_head(flow which) {
    std::string text;
    std::string_view left = of(which).head;
    bool is_secret = false;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find('\n'), left.size() - 1);
        const std::string_view whole = left.substr(0, end + 1);
        left.remove_prefix(whole.size());
        const bool goes_on = whole.front() == ' ' || whole.front() == '\t';
        if (!(goes_on && is_secret)) {
            std::string seen = mask_(which, whole);
            is_secret = seen != whole;
            text += seen;
        }
    }
    of(which).head.clear();
    if (!text.empty()) watcher_(which, wire_part::head, text);
}

void http1_split::end_head(flow which) {
    const bool is_last = which == flow::sent || !is_interim(of(which).head);
    tell_head(which);
    if (!is_last) return;
    of(which).is_head = false;
    direction& answers = of(flow::received);
    if (which == flow::sent) {
        answers.is_head = true;
    } else {
        of(flow::sent).is_head = true;  // what is sent now is the next request
    }
}

void http1_split::see(flow which, std::string_view bytes) {
    direction& in = of(which);
    while (!bytes.empty()) {
        if (!in.is_head) {
            watcher_(which, wire_part::data, bytes);
            return;
        }
        const std::size_t before = in.head.size();
        in.head += bytes.substr(0, longest_shown_head - before);
        const std::size_t end = end_of_head(in.head);
        if (end != std::string_view::npos) {
            bytes.remove_prefix(end - before);
            in.head.resize(end);
            end_head(which);
            continue;
        }
        bytes.remove_prefix(in.head.size() - before);
        if (in.head.size() == longest_shown_head) tell_head(which);
    }
}

http2_split::http2_split(part_watcher watcher) : watcher_(std::move(watcher)) {
    constexpr std::size_t preface = 24;  // RFC 9113 §3.4
    directions_[static_cast<std::size_t>(flow::sent)].preface = preface;
}

// RFC 9113 §4.1: three bytes of length, one of type, one of flags, four of the stream.
std::string http2_split::shown(direction& in, std::string_view bytes) {
    constexpr std::size_t header = 9;
    std::string text;
    while (!bytes.empty()) {
        std::size_t& left = in.preface != 0 ? in.preface : in.left;
        if (left != 0) {
            const std::string_view part = bytes.substr(0, left);
            if (in.is_hidden) {
                text.append(part.size(), '*');
            } else {
                text += part;
            }
            left -= part.size();
            bytes.remove_prefix(part.size());
            continue;
        }
        in.header += bytes.front();
        text += bytes.front();
        bytes.remove_prefix(1);
        if (in.header.size() < header) continue;
        const auto byte = [&in](std::size_t at) {
            return static_cast<unsigned char>(in.header[at]);
        };
        in.left = (std::size_t{byte(0)} << 16U) | (std::size_t{byte(1)} << 8U) | byte(2);
        in.is_hidden = byte(3) == 1 || byte(3) == 5 || byte(3) == 9;  // what has a field block
        in.header.clear();
    }
    return text;
}

void http2_split::see(flow which, std::string_view bytes) {
    watcher_(which, wire_part::data, shown(directions_[static_cast<std::size_t>(which)], bytes));
}

}  // namespace zocalo::program
