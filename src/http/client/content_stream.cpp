// SPDX-License-Identifier: MIT
#include "zocalo/http/content_stream.hpp"

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include "zocalo/http/client_connection.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::http {

namespace {

/// `Source` is a response_stream, or a reference to a connection.
template <class Source>
class content_transport final : public io::transport {
 public:
    explicit content_transport(Source from) : from_(std::forward<Source>(from)) {}

    io::task<io::chunk> read() override {
        io::task<> more = fill();
        co_await std::move(more);
        std::byte* const buffer = io::detail::take_buffer();
        io::chunk lent(buffer, std::min(rest_.size(), io::detail::chunk_size));
        take(mutable_buffer(buffer, lent.size()));
        co_return lent;
    }
    io::task<std::size_t> read_some(mutable_buffer into) override {
        if (into.empty()) co_return 0;
        io::task<> more = fill();
        co_await std::move(more);
        co_return take(into);
    }
    io::task<> write(std::span<const const_buffer> /*pieces*/) override {
        throw std::system_error(std::make_error_code(std::errc::operation_not_supported),
                                "write into the content of a response");
    }
    io::task<> finish() override { co_return; }

 private:
    io::task<> fill() {
        if (!rest_.empty()) co_return;
        io::task<const_buffer> next = from_.read();
        rest_ = co_await std::move(next);
    }
    std::size_t take(mutable_buffer into) noexcept {
        const std::size_t size = std::min(rest_.size(), into.size());
        std::copy_n(rest_.data(), size, into.data());
        rest_ = rest_.without(size);
        return size;
    }

    Source from_;
    const_buffer rest_;  ///< of the piece that came last
};

}  // namespace

io::stream content_stream(response_stream from) {
    return io::stream(std::make_unique<content_transport<response_stream>>(std::move(from)));
}

io::stream content_stream(client_connection& from) {
    return io::stream(std::make_unique<content_transport<client_connection&>>(from));
}

}  // namespace zocalo::http
