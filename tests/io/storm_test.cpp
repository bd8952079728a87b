// SPDX-License-Identifier: MIT
// Connections that are made, read, written, cancelled and closed at random, on every backend, and
// datagrams beside them. What comes in is checked byte by byte, and so are chunks that are kept for
// a while: a buffer that is used again too early, or bytes, connections and datagrams that a
// cancelled operation took away, would show.
//
// ZOCALO_STORM_OPERATIONS says how many reads and writes each backend does, ZOCALO_STORM_SEED
// which.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/batch.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class storms : public zocalo::tests::in_every_world {};

unsigned long number_from(const char* name, unsigned long otherwise) {
    const char* const said = std::getenv(name);
    return said == nullptr ? otherwise : std::strtoul(said, nullptr, 10);
}

struct storm {
    std::mt19937_64 random;
    long left;
    unsigned long bytes = 0;
    unsigned long cancelled = 0;

    std::size_t below(std::size_t limit) { return random() % limit; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    /// Mostly short, sometimes longer than any buffer.
    std::size_t size() { return 1 + below(one_in(20) ? 200'000 : one_in(4) ? 6000 : 100); }
    zocalo::timeout moment() { return std::chrono::microseconds(below(300)); }
};

constexpr std::size_t longest = 200'100;
constexpr std::size_t period = 1'000'003;
/// What is not there by then was lost.
constexpr zocalo::timeout patience = 60s;

/// What a connection carries, from some place on: random bytes over and over.
std::string_view text_at(std::size_t place, std::size_t size) {
    static const std::string text = [] {
        std::mt19937_64 random(7);
        std::string made(period, '\0');
        for (char& each : made)
            each = static_cast<char>(random());
        return made + made.substr(0, longest);
    }();
    return std::string_view(text).substr(place % period, size);
}

bool is_right(std::string_view text, std::size_t place) {
    return text == text_at(place, text.size());
}

/// One write of either kind, perhaps for a moment only.
io::task<> write_once(storm& in, io::stream& to, std::string_view data) {
    if (in.one_in(10)) {
        co_await io::timeout(in.moment(), to.write(data));
    } else if (in.one_in(4)) {
        const zocalo::const_buffer whole(data);
        const std::array<zocalo::const_buffer, 2> halves{whole.first(data.size() / 2),
                                                         whole.without(data.size() / 2)};
        co_await to.write(halves);
    } else {
        co_await to.write(data);
    }
}

/// Writes until it has enough, is cancelled or the peer is gone.
io::task<> write_much(storm& in, io::stream to, std::size_t start, std::size_t total) {
    try {
        for (std::size_t place = 0; place < total && in.left-- > 0;) {
            const std::string_view data = text_at(start + place, in.size());
            co_await write_once(in, to, data);
            place += data.size();
        }
        if (in.one_in(2)) co_await to.finish();
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return;
    }
}

/// A chunk that is not given back yet.
struct kept {
    io::chunk chunk;
    std::size_t place;
};

/// One read of either kind; how much came, 0 for the end.
io::task<std::size_t> read_once(storm& in, io::stream& from, std::size_t place,
                                std::deque<kept>& keep) {
    if (in.one_in(3)) {
        std::string room(in.size(), '\0');
        const std::size_t got = co_await from.read_some(zocalo::mutable_buffer(room));
        EXPECT_TRUE(is_right(std::string_view(room).substr(0, got), place)) << "at " << place;
        co_return got;
    }
    io::chunk got = co_await from.read();
    const std::size_t size = got.size();
    EXPECT_TRUE(is_right(got.text(), place)) << "at " << place;
    if (in.one_in(3)) keep.push_back({std::move(got), place});
    co_return size;
}

io::task<> read_much(storm& in, io::stream from, std::size_t start, std::size_t total) {
    std::deque<kept> keep;
    std::size_t place = 0;
    bool over = false;
    while (!over && place < total && in.left-- > 0) {
        if (in.one_in(200)) co_await io::sleep(in.moment());
        try {
            const bool brief = in.one_in(3);
            const std::size_t got =
                co_await io::timeout(brief ? in.moment() : zocalo::timeout::none(),
                                     read_once(in, from, start + place, keep));
            place += got;
            in.bytes += got;
            over = got == 0;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            over = error.code() != std::errc::timed_out;
            if (!over) ++in.cancelled;
        }
        while (keep.size() > in.below(5)) {
            EXPECT_TRUE(is_right(keep.front().chunk.text(), keep.front().place)) << "kept";
            keep.pop_front();
        }
    }
}

/// Accepts and connects for a moment only.
io::task<> false_start(storm& in, io::listener& at, net::endpoint where) {
    try {
        if (in.one_in(2)) {
            co_await io::timeout(in.moment(), at.accept());
        } else {
            co_await io::timeout(in.moment(), io::connect(where));
        }
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        ++in.cancelled;
    }
}

io::task<std::pair<io::stream, io::stream>> connection(storm& in) {
    if (in.one_in(2)) co_return io::stream::pair();
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    const net::endpoint where = listener.local_endpoint();
    for (std::size_t i = in.below(3); i > 0; --i)
        co_await false_start(in, listener, where);
    auto [one, other] = co_await io::all(listener.accept(), io::connect(where));
    // What a false start has left may stand before it in the queue.
    while (one.peer_endpoint() != other.local_endpoint())
        one = co_await io::timeout(patience, listener.accept());
    co_return std::pair(std::move(one), std::move(other));
}

/// A connection after another, each with its own end.
io::task<> one_after_another(storm& in) {
    while (in.left > 0) {
        auto [one, other] = co_await connection(in);
        const std::size_t start = in.below(period);
        const std::size_t total = in.one_in(10) ? 3'000'000 : in.below(100'000);
        const zocalo::timeout limit = in.one_in(3) ? in.moment() : zocalo::timeout::none();
        auto both = io::all(write_much(in, std::move(one), start, total),
                            read_much(in, std::move(other), start, in.below(2 * total + 1)));
        try {
            co_await io::timeout(limit, std::move(both));
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
}

// --- Datagrams

constexpr std::size_t largest_datagram = 1400;

/// A datagram is a piece of the text, and says itself from where.
std::string datagram_at(std::size_t place, std::size_t size) {
    std::string made = std::to_string(place) + ' ';
    made += text_at(place, size);
    return made;
}

bool is_whole(const std::string& datagram) {
    const std::size_t space = datagram.find(' ');
    if (space == std::string::npos) return false;
    const auto place = zocalo::from_digits<std::size_t>(datagram.substr(0, space));
    return place && is_right(std::string_view(datagram).substr(space + 1), *place);
}

io::task<> send_some(storm& in, io::datagram& from, net::endpoint to, std::size_t count) {
    net::send_batch batch(count);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(datagram_at(in.below(period), in.below(largest_datagram)));
    if (in.one_in(2)) {
        for (const std::string& each : all)
            batch.add(each, to);
        co_await from.send_many(batch);
        co_return;
    }
    for (const std::string& each : all)
        co_await from.send_to(each, to);
}

/// Receives one or several for a moment or for as long as it takes; how many came.
io::task<std::size_t> receive_some(storm& in, io::datagram& at, net::recv_batch& batch) {
    const zocalo::timeout limit = in.one_in(2) ? in.moment() : patience;
    if (in.one_in(2)) {
        std::string room(2 * largest_datagram, '\0');
        const net::received got =
            co_await io::timeout(limit, at.receive_from(zocalo::mutable_buffer(room)));
        room.resize(got.size);
        EXPECT_TRUE(is_whole(room));
        co_return 1;
    }
    co_await io::timeout(limit, at.receive_many(batch));
    for (std::size_t i = 0; i < batch.size(); ++i)
        EXPECT_TRUE(is_whole(std::string(batch.data(i).text())));
    co_return batch.size();
}

io::task<> receive_all(storm& in, io::datagram& at, std::size_t count) {
    net::recv_batch batch(4, 2 * largest_datagram);
    const io::time_point begin = co_await io::now();
    for (std::size_t seen = 0; seen < count;) {
        try {
            const std::size_t got = co_await receive_some(in, at, batch);
            seen += got;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
            ++in.cancelled;
        }
        const io::time_point now = co_await io::now();
        if (now - begin >= *patience.value()) {
            ADD_FAILURE() << seen << " datagrams of " << count;
            in.left = 0;
            co_return;
        }
    }
}

/// So few at once that the kernel has room for them.
io::task<> exchange_datagrams(storm& in) {
    while (in.left > 0) {
        const net::endpoint any = net::endpoint::parse("127.0.0.1:0");
        io::datagram one = co_await io::open_datagram(any);
        io::datagram other = co_await io::open_datagram(any);
        const net::endpoint to = other.local_endpoint();
        for (std::size_t i = in.below(50); i > 0 && in.left > 0; --i) {
            const std::size_t count = 1 + in.below(8);
            in.left -= static_cast<long>(2 * count);
            co_await io::all(send_some(in, one, to, count), receive_all(in, other, count));
        }
    }
}

io::task<> side_by_side(storm& in, int count) {
    std::vector<io::task<>> all;
    for (int i = 0; i < count / 4; ++i)
        all.push_back(exchange_datagrams(in));
    for (int i = 0; i < count; ++i)
        all.push_back(one_after_another(in));
    co_await io::all(std::move(all));
}

TEST_P(storms, lose_no_byte_and_use_no_buffer_too_early) {
    const unsigned long seed = number_from("ZOCALO_STORM_SEED", 1);
    SCOPED_TRACE("ZOCALO_STORM_SEED=" + std::to_string(seed));
    const unsigned long few = GetParam() == io::backend_kind::uring ? 200'000 : 50'000;
    storm in{std::mt19937_64(seed), static_cast<long>(number_from("ZOCALO_STORM_OPERATIONS", few))};
    run(side_by_side(in, 48));
    EXPECT_GT(in.bytes, 0U);
    EXPECT_GT(in.cancelled, 0U);
}

ZOCALO_IN_EVERY_WORLD(storms);

}  // namespace
