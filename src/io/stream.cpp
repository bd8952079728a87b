// SPDX-License-Identifier: MIT
#include "zocalo/io/stream.hpp"

#include <cerrno>

#include "io/backend/system_descriptor.hpp"
#include "net/fail.hpp"

namespace zocalo::io {

namespace {

/// The socket below, for what is asked of it without waiting.
detail::descriptor& socket_of(const std::unique_ptr<transport>& made_of, std::string_view verb) {
    if (made_of == nullptr) net::fail(verb, -EBADF);
    detail::descriptor* const native = made_of->native();
    if (native == nullptr) net::fail(verb, -ENOTSOCK);
    return *native;
}

}  // namespace

stream::stream(net::socket connected)
    : transport_(detail::system_descriptor::adopt(std::move(connected))) {}

std::pair<stream, stream> stream::pair() {
    detail::backend* const here = detail::backend::running();
    auto [one, other] =
        here == nullptr ? detail::system_descriptor::make_pair() : here->make_pair();
    return {stream(std::move(one)), stream(std::move(other))};
}

task<std::size_t> stream::read_exactly(mutable_buffer into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const std::size_t got = co_await read_some(into.without(filled));
        if (got == 0) break;
        filled += got;
    }
    co_return filled;
}

task<> stream::finish() {
    if (transport_ == nullptr) net::fail("finish", -EBADF);
    return transport_->finish();
}

net::endpoint stream::local_endpoint() const {
    return transport_ == nullptr ? net::endpoint{} : transport_->local_endpoint();
}

net::endpoint stream::peer_endpoint() const {
    return transport_ == nullptr ? net::endpoint{} : transport_->peer_endpoint();
}

void stream::set_option(int level, int name, const_buffer value) {
    const int result = socket_of(transport_, "set_option").set_option(level, name, value);
    if (result < 0) net::fail("set_option of the connection to", peer_endpoint(), result);
}

std::size_t stream::get_option(int level, int name, mutable_buffer value) const {
    const int result = socket_of(transport_, "get_option").get_option(level, name, value);
    if (result < 0) net::fail("get_option of the connection to", peer_endpoint(), result);
    return static_cast<std::size_t>(result);
}

}  // namespace zocalo::io
