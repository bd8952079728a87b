// SPDX-License-Identifier: MIT
#include "zocalo/io/file_writer.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/io/faults.hpp"

namespace {

namespace io = zocalo::io;
using io::file_writer;

constexpr std::size_t large = file_writer::most / 4;

io::task<io::file> make(std::string path) {
    io::file_options how;
    how.writable = how.create = how.empty = true;
    return io::open_file(std::move(path), how);
}

/// Writes the text in pieces of that size; how often the file was written to.
io::task<std::size_t> write_pieces(std::string path, std::string text, std::size_t size) {
    io::file made = co_await make(path);
    file_writer writer(std::move(made));
    std::set<std::uint64_t> ends;  // every write moves the file's own position
    for (std::size_t at = 0; at < text.size(); at += size) {
        const std::string_view piece = std::string_view(text).substr(at, size);
        co_await writer.write(piece);
        ends.insert(writer.contents().position());
    }
    EXPECT_EQ(writer.position(), text.size());
    co_await writer.flush();
    ends.insert(writer.contents().position());
    ends.erase(0);
    EXPECT_EQ(writer.contents().position(), text.size());
    co_return ends.size();
}

class file_writers : public zocalo::tests::in_every_world {
 protected:
    /// How often a file was written to that was given as pieces of that size.
    std::size_t writes(std::size_t whole, std::size_t size) {
        std::string text(whole, 'x');
        for (std::size_t i = 0; i < whole; i += 7)
            text[i] = static_cast<char>('a' + i % 26);
        const std::string path = folder_.file("written" + std::to_string(size));
        const std::size_t count = run(write_pieces(path, text, size));
        EXPECT_EQ(run(io::read_file(path, whole + 1)), text) << size;
        return count;
    }

 private:
    zocalo::tests::folder folder_;
};

TEST_P(file_writers, gather_small_pieces) {
    EXPECT_EQ(writes(4 * file_writer::most, 1), 4U);
    EXPECT_EQ(writes(4 * file_writer::most + 1, 8192), 5U);
    EXPECT_EQ(writes(100, 7), 1U);
    EXPECT_EQ(writes(0, 1), 0U);
}

TEST_P(file_writers, pass_large_pieces_on_as_they_are) {
    EXPECT_EQ(writes(5 * large, large), 5U);
    EXPECT_EQ(writes(10 * file_writer::most, 5 * file_writer::most), 2U);
}

io::task<> mix(std::string path) {
    io::file made = co_await make(path);
    file_writer writer(std::move(made));
    const std::string long_piece(large, 'l');
    co_await writer.write("ab");
    co_await writer.write(long_piece);
    EXPECT_EQ(writer.contents().position(), 0U);  // there is room for both
    const std::string longer_piece(file_writer::most, 'm');
    co_await writer.write(longer_piece);
    EXPECT_EQ(writer.contents().position(), writer.position());
    co_await writer.write("c");
    file_writer moved = std::move(writer);
    EXPECT_EQ(moved.position(), 3 + long_piece.size() + longer_piece.size());
    co_await moved.flush();
}

TEST_P(file_writers, keep_the_order) {
    zocalo::tests::folder folder;
    const std::string path = folder.file("mixed");
    run(mix(path));
    EXPECT_EQ(run(io::read_file(path, 1'000'000)),
              "ab" + std::string(large, 'l') + std::string(file_writer::most, 'm') + "c");
}

io::task<> write_much(std::string path, std::size_t gathered) {
    io::file made = co_await make(std::move(path));
    file_writer writer(std::move(made));
    writer.gather(gathered);
    const std::string piece(100'000, 'p');
    while (writer.position() < 20'000'000) {
        co_await writer.write(piece);
        EXPECT_LE(writer.position() - writer.contents().position(), gathered);
    }
    co_await writer.flush();
    EXPECT_EQ(writer.contents().position(), 20'000'000U);
}

TEST_P(file_writers, have_the_disk_begin_with_each_eight_mebibytes) {
    zocalo::tests::folder folder;
    int begun = 0;
    faults = [&begun](const io::coming_operation& what) {
        if (what.kind == io::operation_kind::sync_file) ++begun;
        return io::fault{};
    };
    run(write_much(folder.file("in small pieces"), file_writer::most));
    EXPECT_EQ(std::exchange(begun, 0), 2);
    run(write_much(folder.file("in large ones"), std::size_t{512} * 1024));
    EXPECT_EQ(begun, 2);
}

ZOCALO_IN_EVERY_WORLD(file_writers);

}  // namespace
