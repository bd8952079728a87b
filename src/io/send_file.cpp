// SPDX-License-Identifier: MIT
// What the kernel has in memory goes from there to the socket; all else is read as files are read
// elsewhere, by the ring or a thread, and written.
#include "zocalo/io/send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>

#include "io/backend/contract.hpp"
#include "io/backend/file_operation.hpp"
#include "io/here.hpp"
#include "net/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/detail/send_cached.hpp"

namespace zocalo::io {

namespace {

/// What is to be sent, and how much is.
struct transfer {
    stream& to;
    file& from;
    std::uint64_t offset;
    std::uint64_t left;
    std::uint64_t sent = 0;

    void account(std::uint64_t moved) noexcept {
        offset += moved;
        left -= moved;
        sent += moved;
    }
    void check(long result) const {
        if (result >= 0) return;
        std::string what = "send file " + quoted(from.path());
        what += " (" + std::to_string(sent) + " bytes sent) to";
        net::fail(what, to.peer_endpoint(), result);
    }
};

/// The file may not go while bytes of it are on their way.
class in_use {
 public:
    explicit in_use(detail::opened_file& which) noexcept : file_(which) { ++file_.under_way; }
    in_use(const in_use&) = delete;
    in_use& operator=(const in_use&) = delete;
    ~in_use() { --file_.under_way; }

 private:
    detail::opened_file& file_;
};

/// A buffer full, read and written; false at the end of the file.
task<bool> move_some(transfer& what) {
    std::byte* const buffer = detail::take_buffer();
    const chunk owner(buffer, detail::chunk_size);
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(what.left, detail::chunk_size));
    const mutable_buffer room(buffer, wanted);
    const std::size_t got = co_await what.from.read_at(what.offset, room);
    if (got == 0) co_return false;
    const const_buffer data(buffer, got);
    co_await what.to.write(data);
    what.account(got);
    co_return true;
}

/// What the kernel has in memory, as it is; false when the rest has to be read.
task<bool> move_cached(transfer& what) {
    const in_use file(*what.from.made_of());
    const std::int64_t moved =
        co_await detail::send_cached(what.to, what.from.fileno(), what.offset, what.left);
    what.check(moved);
    what.account(static_cast<std::uint64_t>(moved));
    co_return moved > 0;
}

}  // namespace

task<std::uint64_t> send_file(stream& to, file& from, net::file_range range) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    transfer what{to, from, range.offset, range.count.value_or(most)};
    what.check(range.offset > most ? -EOVERFLOW : 0);
    what.left = std::min(what.left, most - range.offset);
    const detail::fiber& in = co_await detail::here();
    what.check(in.cancelled() ? -ECANCELED : 0);
    bool more = true;
    while (more && what.left > 0) {
        bool moved = false;
        if (what.from.fileno() >= 0) moved = co_await move_cached(what);
        if (!moved) more = co_await move_some(what);
    }
    co_return what.sent;
}

}  // namespace zocalo::io
