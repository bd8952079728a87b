// SPDX-License-Identifier: MIT
#include "serve/small_files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/cannot_run.hpp"
#include "support/folder.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace {

using zocalo::unique_fd;
using zocalo::serve::detail::small_files;

/// A file that was changed for the last time long ago, as far as its state says.
class small_file : public testing::Test {
 protected:
    void SetUp() override { write("as it was"); }

    void write(const std::string& text) { std::ofstream(path_) << text; }
    [[nodiscard]] unique_fd open() const { return unique_fd(::open(path_.c_str(), O_RDONLY)); }
    [[nodiscard]] struct stat state() const {
        struct stat found{};
        EXPECT_EQ(::fstat(open().get(), &found), 0);
        found.st_ctim.tv_sec -= 10;
        return found;
    }

    const zocalo::tests::folder folder_;
    const std::string path_ = folder_.file("small.txt");
    small_files known_;
};

TEST_F(small_file, is_known_once_it_was_read) {
    EXPECT_EQ(known_.find(state()), nullptr);
    const auto learned = known_.learn(state(), open().get());
    if (learned == nullptr) ZOCALO_CANNOT_RUN("the kernel reads nothing at once here");
    EXPECT_EQ(*learned, "as it was");
    EXPECT_EQ(known_.find(state()), learned);
}

TEST_F(small_file, is_another_one_when_anything_about_it_changes) {
    const struct stat before = state();
    known_.learn(before, open().get());
    for (auto change : std::initializer_list<void (*)(struct stat&)>{
             [](struct stat& of) { ++of.st_size; },
             [](struct stat& of) { ++of.st_dev; },
             [](struct stat& of) { ++of.st_ino; },
             [](struct stat& of) { ++of.st_mtim.tv_sec; },
             [](struct stat& of) { of.st_mtim.tv_nsec ^= 1; },
             [](struct stat& of) { ++of.st_ctim.tv_sec; },
             [](struct stat& of) { of.st_ctim.tv_nsec ^= 1; },
         }) {
        struct stat after = before;
        change(after);
        EXPECT_EQ(known_.find(after), nullptr);
    }
}

TEST_F(small_file, that_was_just_written_is_not_kept) {
    struct stat now = state();
    now.st_ctim.tv_sec += 10;
    EXPECT_EQ(known_.learn(now, open().get()), nullptr);
    EXPECT_EQ(known_.find(now), nullptr);
}

TEST_F(small_file, that_is_large_or_has_become_shorter_is_not_kept) {
    const struct stat before = state();
    write("short");
    EXPECT_EQ(known_.learn(before, open().get()), nullptr);
    write(std::string(small_files::largest + 1, 'x'));
    EXPECT_EQ(known_.learn(state(), open().get()), nullptr);
    write(std::string(small_files::largest, 'x'));
    const auto learned = known_.learn(state(), open().get());
    if (learned != nullptr) EXPECT_EQ(learned->size(), small_files::largest);
}

TEST_F(small_file, makes_place_for_the_next_one) {
    const struct stat one = state();
    struct stat other = one;
    other.st_ino += 256;
    known_.learn(one, open().get());
    const auto learned = known_.learn(other, open().get());
    if (learned == nullptr) ZOCALO_CANNOT_RUN("the kernel reads nothing at once here");
    EXPECT_EQ(known_.find(one), nullptr);
    EXPECT_EQ(known_.find(other), learned);
}

}  // namespace
