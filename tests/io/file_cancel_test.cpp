// SPDX-License-Identifier: MIT
// Every operation on files in a task that was cancelled before, and on a number that somebody else
// has closed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "io/outcome.hpp"
#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/io/file.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::tests::expect_no_beginning;
using zocalo::tests::outcome_of;
namespace io = zocalo::io;

struct subject {
    std::string path;
    io::file file;
};

io::task<> open_again(subject& of) {
    const io::file_options fresh{.writable = true, .create = true};
    io::file other = co_await io::open_file(of.path + ".new", fresh);
}
io::task<> read(subject& of) {
    char room[10];
    EXPECT_EQ(co_await of.file.read_at(0, zocalo::mutable_buffer(room)), 4U);
}
io::task<> write(subject& of) {
    co_await of.file.write_at(0, "TEXT");
}
io::task<> ask_size(subject& of) {
    EXPECT_EQ(co_await of.file.size(), 4U);
}
io::task<> truncate(subject& of) {
    co_await of.file.truncate(0);
}
io::task<> sync(subject& of) {
    co_await of.file.sync();
}
io::task<> link(subject& of) {
    co_await of.file.link(of.path + ".link");
}
io::task<> rename(subject& of) {
    co_await io::rename_file(of.path, of.path + ".moved");
}
io::task<> remove(subject& of) {
    co_await io::remove_file(of.path);
}
io::task<> sync_folder(subject& of) {
    co_await io::sync_folder(io::folder_of(of.path));
}

struct operation {
    const char* name;
    io::task<> (*begin)(subject&);
    bool has_number = true;  ///< it works on the open file, not on a path
};

constexpr std::array operations{
    operation{"read", read},
    operation{"size", ask_size},
    operation{"sync", sync},
    operation{"sync of the folder", sync_folder, false},
    operation{"write", write},
    operation{"truncate", truncate},
    operation{"open", open_again, false},
    operation{"link", link, false},  // may go by a path to the number
    operation{"rename", rename, false},
    operation{"remove", remove, false},
};

const io::file_options fresh{.writable = true, .create = true, .empty = true};

io::task<> make(subject& of, std::string path) {
    of.path = path;
    of.file = co_await io::open_file(path, fresh);
    co_await of.file.write("text");
}

io::task<bool> exists(std::string path) {
    const std::error_code error = co_await outcome_of([](std::string at) -> io::task<> {
        co_await io::open_file(std::move(at));
    }(std::move(path)));
    co_return !error;
}

class abused_files : public zocalo::tests::in_every_world {
 protected:
    [[nodiscard]] std::string path() const { return folder_.file("file"); }

 private:
    zocalo::tests::folder folder_;
};

io::task<> try_cancelled(const operation& what, std::string path) {
    subject of;
    co_await make(of, path);
    co_await expect_no_beginning(what.begin(of));
    const std::string text = co_await io::read_file(path, 100);
    EXPECT_EQ(text, "text") << "something was done";
    for (const char* more : {".new", ".link", ".moved"}) {
        const bool is_there = co_await exists(path + more);
        EXPECT_FALSE(is_there) << more;
    }
    co_await what.begin(of);  // and not cancelled it does what it does
}

TEST_P(abused_files, are_not_touched_in_a_cancelled_task) {
    for (const operation& each : operations) {
        SCOPED_TRACE(each.name);
        const zocalo::tests::folder folder;
        run(try_cancelled(each, is_simulated() ? path() + each.name : folder.file("file")));
    }
}

io::task<> try_closed(const operation& what, std::string path) {
    subject of;
    co_await make(of, path);
    const int number = of.file.fileno();
    ::close(number);
    const std::error_code outcome = co_await outcome_of(what.begin(of));
    EXPECT_EQ(outcome, std::errc::bad_file_descriptor) << outcome.message();
    const int other = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (other != number) {
        ::dup3(other, number, O_CLOEXEC);
        ::close(other);
    }
}

TEST_P(abused_files, closed_by_somebody_else_are_errors) {
    if (is_simulated()) return;  // nobody has a number to close
    for (const operation& each : operations) {
        if (!each.has_number) continue;
        SCOPED_TRACE(each.name);
        run(try_closed(each, path()));
    }
}

ZOCALO_IN_EVERY_WORLD(abused_files);

}  // namespace
