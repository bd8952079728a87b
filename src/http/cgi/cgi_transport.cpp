// SPDX-License-Identifier: MIT
#include "http/cgi/cgi_transport.hpp"

#include <algorithm>

#include "zocalo/http/cgi_head.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

io::task<io::chunk> cgi_transport::read() {
    std::byte* const buffer = io::detail::take_buffer();
    io::chunk lent(buffer, io::detail::chunk_size);
    io::task<std::size_t> reading = read_some(mutable_buffer(buffer, io::detail::chunk_size));
    const std::size_t size = co_await std::move(reading);
    lent.shrink(size);
    co_return lent;
}

/// The end of the content is not that of the client: whoever waits for that hears nothing.
io::task<std::size_t> cgi_transport::read_some(mutable_buffer into) {
    if (left_ == 0) co_await io::sleep(timeout::none());
    const mutable_buffer wanted =
        into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_)));
    const std::size_t size = co_await in_.read_some(wanted);
    left_ -= size;
    co_return size;
}

io::task<> cgi_transport::write(std::span<const const_buffer> pieces) {
    if (has_head_) {
        co_await out_.write(pieces);
        co_return;
    }
    if (!translate(pieces)) co_return;
    co_await out_.write(const_buffer(head_));
    head_ = {};
}

/// Keeps what is to be written until there is all of the head; then that is said in other words,
/// and what follows it stays as it is.
bool cgi_transport::translate(std::span<const const_buffer> pieces) {
    for (const const_buffer& each : pieces)
        head_ += each.text();
    const auto end = cgi_head::find_end(head_);
    if (!end) return false;
    cgi_head said = cgi_head::parse_whole(std::string_view(head_).substr(0, *end));
    said.head.fields.remove("Date");
    if (said.head.status == status::ok) said.head.fields.remove("Location");
    head_.replace(0, *end, said.to_text());
    has_head_ = true;
    return true;
}

io::task<> cgi_transport::finish() {
    out_.close();
    co_return;
}

}  // namespace zocalo::http::detail
