// SPDX-License-Identifier: MIT
// Whoever lets a connection through says so in an answer whose length is known: a head of HTTP,
// eight bytes of SOCKS 4, or up to three answers of SOCKS 5 (RFC 1928, RFC 1929).
#include "fetch/proxy_split.hpp"

#include <algorithm>
#include <utility>

namespace zocalo::program {

using serve::flow;
using enum io::proxy::protocol;

proxy_split::proxy_split(io::proxy::protocol kind, part_watcher watcher)
    : kind_(kind),
      watcher_(std::move(watcher)),
      http_([this](flow which, wire_part part, std::string_view bytes) {
          see_http_part(which, part, bytes);
      }) {}

void proxy_split::see(flow which, std::string_view bytes) {
    if (is_over_) return;
    if (kind_ == http || kind_ == https) {
        http_.see(which, bytes);
    } else {
        see_socks5(which, bytes);
    }
}

/// A head of 1xx is followed by another one; a content is one of a refusal.
void proxy_split::see_http_part(flow which, wire_part part, std::string_view bytes) {
    if (is_over_) return;
    watcher_(which, part, bytes);
    if (which == flow::sent || part == wire_part::data) return;
    const std::size_t blank = std::min(bytes.find(' '), bytes.size());
    is_over_ = !bytes.substr(blank).starts_with(" 1");
}

/// What is sent after that method was chosen, and before the next answer, is name and password.
void proxy_split::see_socks5(flow which, std::string_view bytes) {
    if (which == flow::sent) {
        const bool is_secret = step_ == step::password;
        watcher_(which, wire_part::data, is_secret ? std::string(bytes.size(), '*') : bytes);
        return;
    }
    std::size_t taken = 0;
    while (!is_over_ && taken < bytes.size())
        taken += take_answer(bytes.substr(taken));
    watcher_(which, wire_part::data, bytes.substr(0, taken));
}

/// Byte by byte: the length of a reply is in it.
std::size_t proxy_split::take_answer(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !is_over_) {
        answer_ += bytes[taken++];
        if (answer_.size() < answer_size()) continue;
        end_answer();
        break;
    }
    return taken;
}

std::size_t proxy_split::answer_size() const {
    constexpr std::size_t short_reply = 5;  // with what says how long it is
    if (kind_ == socks4 || kind_ == socks4a) return 8;
    if (step_ != step::reply) return 2;
    if (answer_.size() < short_reply) return short_reply;
    switch (answer_[3]) {
        case 1:
            return 10;
        case 4:
            return 22;
        default:
            return 7 + static_cast<unsigned char>(answer_[4]);
    }
}

void proxy_split::end_answer() {
    constexpr char by_password = 2;
    const bool is_reply = step_ == step::reply || kind_ == socks4 || kind_ == socks4a;
    const bool is_refused = answer_[1] == '\xff' || (step_ == step::password && answer_[1] != 0);
    is_over_ = is_reply || is_refused;
    const bool wants_password = step_ == step::method && answer_[1] == by_password;
    step_ = wants_password ? step::password : step::reply;
    answer_.clear();
}

}  // namespace zocalo::program
