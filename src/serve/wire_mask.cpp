// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/ascii.hpp"
#include "zocalo/serve/wire_trace.hpp"

namespace zocalo::serve {

namespace {

/// One direction of a dialogue, as lines.
struct direction {
    std::string begun;       ///< of a line that has no end yet
    std::size_t shown = 0;   ///< of that: the other side has spoken since
    bool is_hidden = false;  ///< the line goes on, and the beginning was changed
};

class line_watcher {
 public:
    line_watcher(wire_watcher watcher, line_mask mask)
        : watcher_(std::move(watcher)), mask_(std::move(mask)) {}

    void see(flow which, std::string_view bytes) {
        show(other(which), of(other(which)));  // a prompt, it seems; the mask sees it again if not
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            const bool ends = end != std::string_view::npos;
            const std::string_view part = bytes.substr(0, ends ? end + 1 : end);
            bytes.remove_prefix(part.size());
            add(which, part, ends);
        }
    }

 private:
    static flow other(flow which) noexcept {
        return which == flow::received ? flow::sent : flow::received;
    }
    direction& of(flow which) noexcept { return directions_[static_cast<std::size_t>(which)]; }

    void add(flow which, std::string_view part, bool ends) {
        direction& line = of(which);
        while (!line.is_hidden && !part.empty()) {
            const std::size_t room = longest_masked_line - line.begun.size();
            line.begun += part.substr(0, room);
            part.remove_prefix(std::min(room, part.size()));
            if (!part.empty() || line.begun.size() == longest_masked_line) {
                show(which, line);
                forget(line);
            }
        }
        if (!ends) return;
        show(which, line);
        forget(line);
        line.is_hidden = false;
    }

    static void forget(direction& line) noexcept {
        line.begun.clear();
        line.shown = 0;
    }

    /// What is new of a line; the rest is hidden when this is. The mask judges all of it: a word
    /// that announces a secret may have come in pieces.
    void show(flow which, direction& line) {
        if (line.begun.size() == line.shown) return;
        const std::string seen = mask_(which, line.begun);
        line.is_hidden = seen != line.begun;
        std::string_view fresh = seen;
        if (fresh.starts_with(std::string_view(line.begun).substr(0, line.shown))) {
            fresh.remove_prefix(line.shown);
        }
        line.shown = line.begun.size();
        if (line.is_hidden) forget(line);
        if (!fresh.empty()) watcher_(which, fresh);
    }

    wire_watcher watcher_;
    line_mask mask_;
    std::array<direction, 2> directions_;
};

bool begins_with(std::string_view line, std::string_view word) noexcept {
    if (line.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (lower(line[i]) != lower(word[i])) return false;
    if (word.ends_with(':')) return true;
    return line.size() > word.size() && (line[word.size()] == ' ' || line[word.size()] == '\t');
}

/// "\r\n", "\n" or nothing.
std::string_view end_of(std::string_view line) noexcept {
    if (line.ends_with("\r\n")) return "\r\n";
    return line.ends_with('\n') ? "\n" : "";
}

}  // namespace

wire_watcher masked(wire_watcher watcher, line_mask mask) {
    auto lines = std::make_shared<line_watcher>(std::move(watcher), std::move(mask));
    return [lines](flow which, std::string_view bytes) { lines->see(which, bytes); };
}

line_mask hide_after(std::vector<std::string> words) {
    return [words = std::move(words)](flow /*which*/, std::string_view line) {
        for (const std::string& word : words) {
            if (!begins_with(line, word)) continue;
            std::string seen(line.substr(0, word.size()));
            seen += " ***";
            return seen += end_of(line);
        }
        return std::string(line);
    };
}

}  // namespace zocalo::serve
