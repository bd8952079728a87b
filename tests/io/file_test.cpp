// SPDX-License-Identifier: MIT
#include "zocalo/io/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

/// Files in a folder of the test's own; a simulated host has them on its disk.
class files : public zocalo::tests::in_every_world {
 protected:
    [[nodiscard]] std::string at(const char* name) const { return folder_.file(name); }

    /// What the operation says; "done" when it does not fail.
    std::string outcome(io::task<> what, std::errc expected) {
        try {
            run(std::move(what));
            return "done";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), expected) << error.what();
            return error.what();
        }
    }

 private:
    zocalo::tests::folder folder_;
};

const io::file_options fresh{.writable = true, .create = true, .must_be_new = true};
const io::file_options existing{.writable = true};

io::task<> make(std::string path, std::string text) {
    io::file made = co_await io::open_file(path, fresh);
    co_await made.write(text);
    co_await made.close();
}

io::task<std::string> text_of(std::string path) {
    return io::read_file(std::move(path), 1'000'000);
}

io::task<> use_positions(std::string path) {
    io::file made = co_await io::open_file(path, fresh);
    co_await made.write("hello ");
    co_await made.write("world");
    EXPECT_EQ(made.position(), 11U);
    EXPECT_EQ(co_await made.size(), 11U);
    co_await made.write_at(0, "J");
    co_await made.write_at(13, "!");
    char room[20];
    EXPECT_EQ(co_await made.read_at(6, zocalo::mutable_buffer(room, 5)), 5U);
    EXPECT_EQ(std::string(room, 5), "world");
    EXPECT_EQ(co_await made.read_at(11, zocalo::mutable_buffer(room)), 3U) << "less at the end";
    EXPECT_EQ(std::string(room, 3), std::string("\0\0!", 3));
    EXPECT_EQ(co_await made.read_at(14, zocalo::mutable_buffer(room)), 0U);
    EXPECT_EQ(co_await made.read_at(1'000'000, zocalo::mutable_buffer(room)), 0U);
    made.seek(0);
    EXPECT_EQ(co_await made.read(zocalo::mutable_buffer(room, 5)), 5U);
    EXPECT_EQ(std::string(room, 5), "Jello");
    co_await made.truncate(5);
    co_await made.begin_sync(0, 5);
    co_await made.begin_sync(3, 1'000'000);
    co_await made.sync();
    EXPECT_EQ(co_await made.size(), 5U);
    EXPECT_EQ(co_await made.read(zocalo::mutable_buffer(room)), 0U);
}

TEST_P(files, are_written_and_read_at_places_and_in_order) {
    run(use_positions(at("file")));
    EXPECT_EQ(run(text_of(at("file"))), "Jello");
}

io::task<> write_much(std::string path, std::string text) {
    io::file made = co_await io::open_file(path, fresh);
    std::vector<io::task<>> parts;
    const zocalo::const_buffer all(text);
    for (std::size_t place = 0; place < text.size(); place += 1000)
        parts.push_back(made.write_at(place, all.without(place).first(1000)));
    co_await io::all(std::move(parts));
    co_await made.sync();
}

TEST_P(files, many_operations_are_under_way_at_once) {
    std::string text;
    for (int i = 0; text.size() < 150'000; ++i)
        text += std::to_string(i) + ' ';
    run(write_much(at("file"), text));
    EXPECT_TRUE(run(text_of(at("file"))) == text);
}

io::task<> append_twice(std::string path) {
    const io::file_options to_the_end{.writable = true, .create = true, .append = true};
    io::file one = co_await io::open_file(path, to_the_end);
    io::file other = co_await io::open_file(path, to_the_end);
    co_await one.write("first ");
    co_await other.write("second ");
    co_await one.write("third");
}

io::task<> empty(std::string path) {
    co_await io::open_file(path, {.writable = true, .empty = true});
}

TEST_P(files, are_appended_to_and_emptied) {
    run(append_twice(at("log")));
    EXPECT_EQ(run(text_of(at("log"))), "first second third");
    run(empty(at("log")));
    EXPECT_EQ(run(text_of(at("log"))), "");
}

io::task<> give_names(std::string one, std::string other) {
    io::file made = co_await io::open_file(one, existing);
    co_await made.link(other);
    co_await made.write_at(0, "H");
    co_await io::remove_file(one);
    co_await io::sync_folder(io::folder_of(other));
}

TEST_P(files, have_names_that_come_and_go) {
    run(make(at("one"), "hello"));
    run(give_names(at("one"), at("other")));
    EXPECT_EQ(run(text_of(at("other"))), "Hello");
    EXPECT_NE(outcome(make(at("other"), ""), std::errc::file_exists), "done");
    run(make(at("new"), "new"));
    run(io::rename_file(at("new"), at("other")));
    EXPECT_EQ(run(text_of(at("other"))), "new");
    EXPECT_NE(outcome(io::remove_file(at("new")), std::errc::no_such_file_or_directory), "done");
}

io::task<> ignore(io::task<std::string> what) {
    co_await std::move(what);
}
io::task<> link_to(std::string from, std::string to) {
    io::file one = co_await io::open_file(from);
    co_await one.link(to);
}
io::task<> write_to(std::string path, io::file_options how) {
    io::file one = co_await io::open_file(path, how);
    co_await one.write("x");
}
io::task<> use_none() {
    io::file none;
    co_await none.sync();
}
io::task<> begin_with_none() {
    io::file none;
    co_await none.begin_sync(0, 1);
}
io::task<> begin_too_far(std::string path) {
    io::file one = co_await io::open_file(path, existing);
    co_await one.begin_sync(INT64_MAX, 1);
}
io::task<> write_too_far(std::string path) {
    io::file one = co_await io::open_file(path, existing);
    co_await one.write_at(INT64_MAX, "x");
}

TEST_P(files, errors_name_operation_and_path) {
    const std::string path = at("file");
    const auto says = [&](const std::string& verb, const std::string& of) {
        return verb + " \"" + of + "\": ";
    };
    using std::errc;
    EXPECT_EQ(
        outcome(ignore(text_of(path)), errc::no_such_file_or_directory).find(says("open", path)),
        0U);
    run(make(path, "0123456789"));
    EXPECT_EQ(
        outcome(ignore(io::read_file(path, 9)), errc::file_too_large).find(says("read", path)), 0U);
    EXPECT_EQ(run(io::read_file(path, 10)), "0123456789");
    EXPECT_EQ(outcome(link_to(path, path), errc::file_exists).find(says("link", path)), 0U);
    EXPECT_EQ(outcome(write_to(path, {}), errc::bad_file_descriptor).find(says("write", path)), 0U);
    EXPECT_EQ(outcome(io::rename_file(at("none"), path), errc::no_such_file_or_directory)
                  .find(says("rename", at("none"))),
              0U);
    EXPECT_EQ(outcome(use_none(), errc::bad_file_descriptor).find("sync \"\""), 0U);
    EXPECT_EQ(outcome(begin_with_none(), errc::bad_file_descriptor).find("begin to sync \"\""), 0U);
    EXPECT_EQ(outcome(begin_too_far(path), errc::file_too_large).find(says("begin to sync", path)),
              0U);
    EXPECT_EQ(outcome(write_too_far(path), errc::file_too_large).find(says("write", path)), 0U);
    EXPECT_THROW(run(io::remove_file(std::string("a\0b", 3))), std::invalid_argument);
}

io::task<> in_cancelled_scope(io::scope& in, std::string path, int& done) {
    io::file one = co_await io::open_file(path, existing);
    in.cancel();
    try {
        co_await one.write("x");
        ++done;
    } catch (const zocalo::net::stopped& error) {
        EXPECT_NE(std::string(error.what()).find("write \"" + path), std::string::npos);
    }
    EXPECT_THROW(co_await one.close(), zocalo::net::stopped);
}

io::task<int> cancel_before(std::string path) {
    int done = 0;
    io::scope scope;
    co_await scope.run(in_cancelled_scope(scope, path, done));
    co_return done;
}

TEST_P(files, operations_do_not_begin_when_cancelled) {
    run(make(at("file"), "same"));
    EXPECT_EQ(run(cancel_before(at("file"))), 0);
    EXPECT_EQ(run(text_of(at("file"))), "same");
}

io::task<> write_over_and_over(io::file& to, int& count) {
    const std::string data(100'000, 'x');
    for (;; ++count)
        co_await to.write_at(0, data);
}

/// Whatever an operation is at when it is cancelled: the buffers are its own until it has ended,
/// and the file can be used on.
io::task<int> cancel_meanwhile(std::string path) {
    io::file one = co_await io::open_file(path, fresh);
    int count = 0;
    for (int i = 0; i < 50 || count == 0; ++i) {  // longer and longer, until some have ended
        try {
            co_await io::timeout(std::chrono::microseconds(20 * i),
                                 write_over_and_over(one, count));
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
    co_await one.truncate(0);
    co_await one.write_at(0, "whole");
    co_return count;
}

TEST_P(files, cancelled_operations_leave_the_file_usable) {
    EXPECT_GT(run(cancel_meanwhile(at("file"))), 0);
    EXPECT_EQ(run(text_of(at("file"))), "whole");
}

io::task<> make_and_look(std::string path) {
    co_await make(path, "0123456789");
    EXPECT_EQ(co_await text_of(path), "0123456789");
    co_await io::rename_file(path, path + "2");
    co_await io::sync_folder(io::folder_of(path));
    co_await io::remove_file(path + "2");
}

TEST_P(files, every_operation_in_turn_fails_once) {
    std::string kinds;
    faults = [&](const io::coming_operation& what) {
        EXPECT_EQ(what.path.find(io::folder_of(at("any"))), 0U) << what.path;
        kinds += std::string(io::to_text(what.kind)) + ", ";
        return io::fault{};
    };
    run(make_and_look(at("seen")));
    EXPECT_EQ(kinds.find("open a file, write a file, manage a file, open a file, read a file"), 0U)
        << kinds;
    int failed = 0;
    for (std::uint64_t n = 1;; ++n) {
        faults = io::fail_nth(n, std::errc::io_error);
        const std::string path = at(("file" + std::to_string(n)).c_str());
        if (outcome(make_and_look(path), std::errc::io_error) == "done") break;
        ++failed;
    }
    EXPECT_EQ(failed, 11);
}

TEST_P(files, pieces_of_any_size_give_the_same_bytes) {
    faults = io::in_pieces(3);
    run(make_and_look(at("file")));
}

io::task<> in_another_world(std::string path) {
    io::file one = co_await io::open_file(path, existing);
    co_await io::sleep(1ms);
    if (one.fileno() < 0) co_return;
    EXPECT_EQ(::fcntl(one.fileno(), F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(::close(one.fileno()), 0);
    EXPECT_THROW(co_await one.sync(), std::system_error) << "somebody else closed it";
    const int other = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (other != one.fileno()) ::dup3(other, one.fileno(), O_CLOEXEC), ::close(other);
}

TEST_P(files, fail_on_a_descriptor_that_is_closed) {
    run(make(at("file"), ""));
    run(in_another_world(at("file")));
}

TEST(file, blocks_without_a_loop_and_without_a_thread) {
    const zocalo::tests::folder folder;
    make(folder.file("file"), "text").get();
    EXPECT_EQ(text_of(folder.file("file")).get(), "text");
    io::file one = io::open_file(folder.file("file")).get();
    EXPECT_EQ(one.size().get(), 4U);
    EXPECT_EQ(one.path(), folder.file("file"));
}

TEST(file, that_turns_out_to_be_a_pipe_holds_up_nobody) {
    const zocalo::tests::folder folder;
    const std::string path = folder.file("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_THROW(text_of(path).get(), std::system_error);
}

TEST(file, folder_of_a_path) {
    EXPECT_EQ(io::folder_of("name"), ".");
    EXPECT_EQ(io::folder_of("/name"), "/");
    EXPECT_EQ(io::folder_of("a/b/name"), "a/b");
}

ZOCALO_IN_EVERY_WORLD(files);

}  // namespace
