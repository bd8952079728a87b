// SPDX-License-Identifier: MIT
#include "zocalo/io/send_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "support/cannot_run.hpp"
#include "support/folder.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
using zocalo::tests::read_all;

using ends = std::pair<io::stream, io::stream>;

class sent_files : public zocalo::tests::in_every_world {
 protected:
    zocalo::tests::folder folder;
};

std::string numbers(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i)
        text += std::to_string(i) + ' ';
    return text.substr(0, size);
}

io::task<io::file> file_with(std::string path, std::string text) {
    io::file made = co_await io::open_file(path, {.writable = true, .create = true, .empty = true});
    co_await made.write(text);
    co_return made;
}

io::task<ends> connection() {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    auto [one, other] = co_await io::all(listener.accept(), io::connect(listener.local_endpoint()));
    co_return ends(std::move(one), std::move(other));
}
io::task<ends> memory() {
    co_return io::memory_pair(1000);
}

io::task<std::uint64_t> send_and_finish(io::stream& to, io::file& from, net::file_range range) {
    const std::uint64_t sent = co_await io::send_file(to, from, range);
    co_await to.finish();
    co_return sent;
}

io::task<> carry(io::task<ends> open, std::string path, std::size_t size) {
    const std::string text = numbers(size);
    io::file from = co_await file_with(path, text);
    const std::uint64_t position = from.position();
    auto [one, other] = co_await std::move(open);
    auto [sent, came] = co_await io::all(send_and_finish(one, from, {}), read_all(other));
    EXPECT_EQ(sent, text.size());
    EXPECT_TRUE(came == text);
    EXPECT_EQ(from.position(), position) << "it stays where it is";
}

TEST_P(sent_files, arrive_whole_over_every_kind_of_stream) {
    for (const std::size_t size : {0U, 1U, 70'000U, 5'000'000U}) {
        run(carry(connection(), folder.file("file"), size));
        run(carry(memory(), folder.file("file"), std::min(size, std::size_t{100'000})));
    }
}

TEST_P(sent_files, arrive_whole_in_pieces) {
    faults = io::in_pieces(1000);
    run(carry(connection(), folder.file("file"), 20'000));
}

io::task<std::string> part_of(std::string path, net::file_range range, std::uint64_t expected) {
    io::file from = co_await file_with(path, "0123456789");
    auto [one, other] = co_await connection();
    auto [sent, came] = co_await io::all(send_and_finish(one, from, range), read_all(other));
    EXPECT_EQ(sent, expected);
    co_return came;
}

TEST_P(sent_files, go_in_part_and_short_ones_are_reported) {
    const std::string path = folder.file("file");
    EXPECT_EQ(run(part_of(path, {.offset = 3, .count = 4}, 4)), "3456");
    EXPECT_EQ(run(part_of(path, {.offset = 3}, 7)), "3456789");
    EXPECT_EQ(run(part_of(path, {.offset = 8, .count = 100}, 2)), "89") << "the file ends before";
    EXPECT_EQ(run(part_of(path, {.offset = 20}, 0)), "");
    EXPECT_EQ(run(part_of(path, {.offset = 1, .count = 0}, 0)), "");
}

io::task<> send_to_nobody(std::string path) {
    io::file from = co_await file_with(path, std::string(20'000'000, 'x'));
    auto [one, other] = co_await connection();
    co_await io::timeout(20ms, io::send_file(one, from));
}

TEST_P(sent_files, stop_when_cancelled) {
    try {
        run(send_to_nobody(folder.file("file")));
        FAIL() << "nobody reads";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

io::task<> cancel_and_send(io::scope& in, io::stream& to, io::file& from) {
    in.cancel();
    EXPECT_THROW(co_await io::send_file(to, from), net::stopped);
}

io::task<> send_when_cancelled(std::string path) {
    io::file from = co_await file_with(path, "0123456789");
    auto [one, other] = co_await connection();
    {
        io::scope scope;
        co_await scope.run(cancel_and_send(scope, one, from));
    }
    one.close();
    EXPECT_EQ(co_await read_all(other), "");
}

TEST_P(sent_files, do_not_begin_when_cancelled) {
    run(send_when_cancelled(folder.file("file")));
}

io::task<> send_to_closed(std::string path) {
    io::file from = co_await file_with(path, std::string(20'000'000, 'x'));
    auto [one, other] = co_await connection();
    other.close();
    try {
        for (int i = 0; i < 3; ++i) {
            co_await io::send_file(one, from);
            co_await io::sleep(5ms);
        }
        ADD_FAILURE() << "the peer is gone";
    } catch (const std::system_error& error) {
        const bool gone =
            error.code() == std::errc::broken_pipe || error.code() == std::errc::connection_reset;
        EXPECT_TRUE(gone) << error.what();
    }
}

TEST_P(sent_files, error_says_that_the_peer_is_gone) {
    run(send_to_closed(folder.file("file")));
}

/// The kernel forgets what it has in memory from there on, as far as it can: it keeps what is in
/// one piece with something before.
void forget(const io::file& of, off_t from) {
    ::fdatasync(of.fileno());
    ::posix_fadvise(of.fileno(), from, 0, POSIX_FADV_DONTNEED);
}

/// Whether a file's beginning is on the disk only; asking does not fetch it.
bool has_forgotten(const io::file& which) {
    unsigned char in_memory = 1;
    void* const there = ::mmap(nullptr, 1, PROT_READ, MAP_SHARED, which.fileno(), 0);
    const bool known = there != MAP_FAILED && ::mincore(there, 1, &in_memory) == 0;
    if (there != MAP_FAILED) ::munmap(there, 1);
    return known && (in_memory & 1U) == 0;
}

/// What the other threads of this process have read so far, in bytes, from wherever; nothing when
/// this kernel does not count.
std::optional<std::uint64_t> read_by_other_threads() {
    std::uint64_t sum = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
        if (each.path().filename() == std::to_string(::gettid())) continue;
        std::ifstream counts(each.path() / "io");
        std::string name;
        std::uint64_t count = 0;
        if (!(counts >> name >> count) || name != "rchar:") return std::nullopt;
        sum += count;
    }
    return sum;
}

struct looked_at {
    bool is_forgotten = false;
    std::optional<std::uint64_t> before;
    std::optional<std::uint64_t> after;
};

io::task<> send_what_the_kernel_forgot(std::string path, off_t kept, looked_at& found) {
    const std::string text = numbers(3'000'000);
    io::file from = co_await file_with(path, text);
    auto [one, other] = co_await connection();
    if (from.fileno() >= 0) {  // not on a simulated disk
        forget(from, kept);
        found.is_forgotten = has_forgotten(from);
        found.before = read_by_other_threads();
    }
    auto [sent, came] = co_await io::all(send_and_finish(one, from, {}), read_all(other));
    if (from.fileno() >= 0) found.after = read_by_other_threads();
    EXPECT_EQ(sent, text.size());
    EXPECT_TRUE(came == text) << "kept " << kept;
}

TEST_P(sent_files, come_from_the_disk_in_part) {
    looked_at unused;
    for (const off_t kept : {1'000'000, 1'500'000, 2'900'000})
        run(send_what_the_kernel_forgot(folder.file("file"), kept, unused));
}

/// A loop that waited for the disk itself would hold up everybody else.
TEST_P(sent_files, come_from_the_disk_by_other_threads) {
    looked_at found;
    run(send_what_the_kernel_forgot(folder.file("file"), 0, found));
    if (is_simulated() || GetParam() == io::backend_kind::uring) return;  // the ring reads
    if (!found.is_forgotten) ZOCALO_CANNOT_RUN("the file system keeps all in memory");
    if (!found.before || !found.after) ZOCALO_CANNOT_RUN("no /proc/self/task/*/io");
    EXPECT_GT(*found.after, *found.before);
}

io::task<> close_under_it(std::optional<io::file>& which) {
    co_await io::sleep(1ms);
    which.reset();
}
io::task<> send_from(io::stream& to, io::file& from) {
    co_await io::send_file(to, from);
}
io::task<> destroy_what_is_sent(std::string path) {
    std::optional<io::file> from = co_await file_with(path, std::string(20'000'000, 'x'));
    auto [one, other] = co_await connection();
    co_await io::all(send_from(one, *from), close_under_it(from));
}

TEST_P(sent_files, may_not_go_meanwhile) {
    if (is_simulated()) return;  // there a buffer is read and written, one after the other
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(run(destroy_what_is_sent(folder.file("file"))),
                 "destroyed while a task waits on it");
}

TEST(send_file, names_file_and_peer) {
    const zocalo::tests::folder folder;
    io::file from = file_with(folder.file("file"), std::string(1'000'000, 'x')).get();
    auto [one, other] = connection().get();
    other.close();
    try {
        for (;;)
            (void)io::send_file(one, from).get();
    } catch (const std::system_error& error) {
        const std::string message = error.what();
        EXPECT_EQ(message.find("send file \"" + folder.file("file")), 0U) << message;
        EXPECT_NE(message.find("bytes sent) to 127.0.0.1:"), std::string::npos) << message;
    }
}

ZOCALO_IN_EVERY_WORLD(sent_files);

}  // namespace
