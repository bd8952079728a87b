// SPDX-License-Identifier: MIT
// file: and data:, which have no status and no redirects.
#include <stdexcept>

#include "fetch/transfer.hpp"

namespace zocalo::program {

io::task<> transfer::fetch_local() {
    const bool wants_part = !request_.range.empty() || !request_.continue_at.empty();
    if (!request_.content.is_empty() || !request_.method.empty() || wants_part) {
        throw std::invalid_argument(meter_.name +
                                    ": file and data know no -d, -F, -T, -X, -r and -C");
    }
    http::request asked;
    asked.url = asked_;
    if (request_.head_only) asked.method = http::method::head;
    io::task<url::opened> opening = with_.local().open(std::move(asked));
    url::opened from = co_await std::move(opening);
    report_.type = from.fields().get("Content-Type");
    io::task<std::unique_ptr<sink>> making = open_sink(nullptr);
    const std::unique_ptr<sink> to = co_await std::move(making);
    report_.path = to->path();
    if (request_.include || request_.head_only) {
        std::string head;
        from.fields().append_to(head);
        head += "\r\n";
        co_await to->write(head);
    }
    meter_.whole = from.size();
    for (;;) {
        io::task<const_buffer> reading = from.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> passing = pass_on(*to, piece);
        co_await std::move(passing);
    }
    co_await to->finish();
}

}  // namespace zocalo::program
