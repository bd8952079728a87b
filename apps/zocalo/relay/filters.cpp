// SPDX-License-Identifier: MIT
#include "relay/filters.hpp"

#include <string_view>

#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

/// How many bytes at the end of `text` begin a UTF-8 character, or a CR LF, that is not complete.
std::size_t unfinished(std::string_view text) {
    if (text.ends_with('\r')) return 1;
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) return 0;
        if (byte < 0xC0) continue;  // a later byte of a character: look for its first
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        return back < length ? back : 0;
    }
    return 0;
}

/// What escaped() would change although it does no harm at the place where it stands.
std::size_t harmless(std::string_view text) {
    if (text.starts_with("\r\n")) return 2;
    return text.find_first_of("\n\t\\") == 0 ? 1 : 0;
}

}  // namespace

void crlf_filter::operator()(std::string& bytes, bool) {
    std::string changed;
    changed.reserve(bytes.size() + bytes.size() / 16);
    for (const char c : bytes) {
        if (c == '\n' && !after_cr_) changed += '\r';
        changed += c;
        after_cr_ = c == '\r';
    }
    bytes = std::move(changed);
}

void terminal_filter::operator()(std::string& bytes, bool last) {
    held_ += bytes;
    const std::size_t keep = last ? 0 : unfinished(held_);
    std::string_view text = std::string_view(held_).substr(0, held_.size() - keep);
    bytes.clear();
    while (!text.empty()) {
        std::size_t length = harmless(text);
        if (length != 0) {
            bytes += text.substr(0, length);
        } else {
            length = std::min(text.find_first_of("\r\n\t\\", 1), text.size());
            const auto run = text.substr(0, length);
            bytes += escaped(run, run.size() * 4);
        }
        text.remove_prefix(length);
    }
    held_.erase(0, held_.size() - keep);
}

}  // namespace zocalo::program
