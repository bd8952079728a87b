// SPDX-License-Identifier: MIT
#include "sim/trace.hpp"

#include <cstdio>

#include "zocalo/core/escape.hpp"

namespace zocalo::sim::detail {

namespace {

template <class Number>
std::string_view bytes_of(const Number& number) noexcept {
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string line(const trace::entry& what) {
    std::string text = to_text(what.when);
    if (text.size() < 14) text.insert(0, 14 - text.size(), ' ');
    text += "  ";
    text += what.host == nullptr ? "*" : escaped(*what.host);
    text += ": ";
    if (!what.text.empty()) return text + escaped(what.text) + '\n';
    text += what.what;
    if (what.peer.size() != 0) {
        text += ' ';
        text += what.peer.to_string();
    }
    if (what.bytes >= 0) text += " (" + std::to_string(what.bytes) + " bytes)";
    return text + '\n';
}

}  // namespace

std::string to_text(time_point when) {
    const auto span = (when - beginning).count();
    char text[40];
    const int size = std::snprintf(text, sizeof text, "%lld.%09lld",
                                   static_cast<long long>(span / 1'000'000'000),
                                   static_cast<long long>(span % 1'000'000'000));
    return {text, static_cast<std::size_t>(size)};
}

/// FNV-1a.
void trace::mix(std::string_view bytes) noexcept {
    __extension__ using wide = unsigned __int128;
    for (const char each : bytes) {
        fingerprint_ ^= static_cast<unsigned char>(each);
        fingerprint_ = static_cast<std::uint64_t>(wide{fingerprint_} * 0x100000001B3U);
    }
}

void trace::add(entry what) {
    mix(bytes_of(what.when));
    if (what.host != nullptr) mix(*what.host);
    mix(what.what);
    mix({reinterpret_cast<const char*>(what.peer.data()), what.peer.size()});
    mix(bytes_of(what.bytes));
    mix(what.text);
    if (entries_.size() >= length_) {
        ++dropped_;
        if (length_ == 0) return;
        entries_.pop_front();
    }
    entries_.push_back(std::move(what));
}

std::string trace::to_string() const {
    std::string text;
    if (dropped_ > 0) text += "  (" + std::to_string(dropped_) + " events before these)\n";
    for (const entry& each : entries_)
        text += line(each);
    return text;
}

}  // namespace zocalo::sim::detail
