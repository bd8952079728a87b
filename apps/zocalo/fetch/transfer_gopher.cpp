// SPDX-License-Identifier: MIT
// Gopher has no status and often no end: what became of a request is in what came.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "fetch/transfer.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

/// What is seen of an answer while it passes.
struct glimpse {
    std::string begin;  ///< as much of it as an error takes
    char last = '\n';

    void look(std::string_view piece) {
        constexpr std::size_t most = 1000;
        begin += piece.substr(0, most - std::min(most, begin.size()));
        if (!piece.empty()) last = piece.back();
    }
    /// For people.
    [[nodiscard]] std::string text() const {
        return quoted(std::string_view(begin).substr(0, begin.find_first_of("\t\r\n")));
    }
};

}  // namespace

io::task<> transfer::fetch_gopher() {
    const bool wants_part = !request_.range.empty() || !request_.continue_at.empty();
    if (!request_.content.is_empty() || request_.head_only || wants_part) {
        throw std::invalid_argument(meter_.name + ": Gopher knows no -d, -F, -T, -I, -r and -C");
    }
    gopher::location where = gopher::location::parse(asked_);
    const bool has_lines = gopher::transfer_of(where.type) != gopher::transfer::bytes;
    io::task<std::unique_ptr<sink>> opening = open_sink(nullptr);
    const std::unique_ptr<sink> to = co_await std::move(opening);
    report_.path = to->path();
    glimpse seen;
    const auto take = [this, &to, &seen](std::string_view piece) -> io::task<> {
        seen.look(piece);
        return pass_on(*to, piece);
    };
    io::task<gopher::answer> fetching = with_.gopher().download(std::move(where), take);
    const gopher::answer ended = co_await std::move(fetching);
    const bool is_refused = ended.is_error || gopher::is_error_answer(seen.begin);
    if (is_refused && (request_.fail || request_.fail_with_body)) {
        report_.error = meter_.name + ": the server says " + seen.text();
        report_.code = exit_code::refused;
        if (request_.fail) co_return;
    } else if (has_lines && !ended.complete) {
        miss_end(seen.last == '\n');
    }
    co_await to->finish();
}

/// Many servers never send the dot at the end; but hardly a text of theirs ends within a line.
void transfer::miss_end(bool at_line_end) {
    if (!at_line_end) throw protocol_error(meter_.name + ": the text was cut off within a line");
    report_.error = meter_.name + ": the text has no end: there may be more of it";
    if (request_.fail || request_.fail_with_body) throw protocol_error(report_.error);
}

}  // namespace zocalo::program
