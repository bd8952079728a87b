// SPDX-License-Identifier: MIT
#include "support/folder.hpp"
#include "zocalo/serve/folder.hpp"

#include <gmock/gmock.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/cannot_run.hpp"
#include "support/opened_files.hpp"

namespace {

namespace files = std::filesystem;
namespace serve = zocalo::serve;
using testing::ElementsAre;
using testing::IsEmpty;

/// A folder with a neighbour that nobody may see.
class folder : public testing::Test {
 protected:
    void SetUp() override {
        files::create_directories(root_ / "a/b");
        write("open.txt", "open");
        write("a/b/deep.txt", "deep");
        write(".hidden", "hidden");
        write("../secret.txt", "secret");
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root_ / name) << text;
    }
    /// What visitors get: the text, `<list>` for a folder, or the error.
    static std::string get(const serve::folder& from, std::string_view name) {
        std::error_code why;
        const auto opened = from.try_open(name, why);
        if (!opened) return "! " + why.message();
        return opened->about().is_folder() ? "<list>" : opened->read_all(1000);
    }

    const zocalo::tests::folder parent_;
    const files::path root_ = parent_.file("root");
    static constexpr auto none = "! No such file or directory";
};

TEST_F(folder, gives_what_is_in_it) {
    const serve::folder served(root_);
    EXPECT_EQ(get(served, "open.txt"), "open");
    EXPECT_EQ(get(served, "/open.txt"), "open");
    EXPECT_EQ(get(served, "//a//b/deep.txt"), "deep");
    EXPECT_EQ(get(served, ""), "<list>");
    EXPECT_EQ(get(served, "/"), "<list>");
    EXPECT_EQ(get(served, "a/"), "<list>");
    EXPECT_EQ(served.open("/a/b/deep.txt").about().name, "a/b/deep.txt");
    EXPECT_EQ(served.open("open.txt").about().size, 4U);
    EXPECT_EQ(get(served, "missing"), none);
    EXPECT_EQ(get(served, "open.txt/x"), none);
    EXPECT_EQ(get(served, std::string(5000, 'x')), none);
    EXPECT_THROW((void)served.open("missing"), std::system_error);
    EXPECT_THROW((void)served.list("open.txt"), std::system_error);
    EXPECT_THROW(serve::folder(root_ / "missing"), std::system_error);
    EXPECT_THROW(serve::folder(root_ / "open.txt"), std::system_error);
}

TEST_F(folder, reads_within_limits) {
    const serve::folder served(root_);
    const auto file = served.open("open.txt");
    EXPECT_EQ(file.read_all(4), "open");
    EXPECT_THROW((void)file.read_all(3), std::system_error);
    std::string part(10, '?');
    EXPECT_EQ(file.read_at(2, part), 2U);
    EXPECT_EQ(part.substr(0, 3), "en?");
    write("empty", "");
    EXPECT_EQ(served.open("empty").read_all(0), "");
}

TEST_F(folder, shows_the_rest_of_the_machine_to_nobody) {
    files::create_symlink("../secret.txt", root_ / "out");
    files::create_symlink("/etc/passwd", root_ / "far");
    files::create_symlink("..", root_ / "up");
    files::create_symlink("/proc/self/root", root_ / "magic");
    files::create_symlink("loop", root_ / "loop");
    files::create_symlink("../open.txt", root_ / "a/in");
    files::create_hard_link(root_ / "open.txt", root_ / "same.txt");
    ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
    for (const bool hidden : {false, true}) {
        const serve::folder served(root_, {.hidden = hidden});
        for (const std::string_view name :
             {"../secret.txt", "a/../../secret.txt", "..", "../root/open.txt", "out", "far", "up",
              "up/secret.txt", "magic", "magic/etc/passwd", "loop", "pipe", "/../secret.txt",
              "a/b/../../../secret.txt", "..\\secret.txt", "/etc/passwd", "a/in/x"}) {
            EXPECT_EQ(get(served, name), none) << name;
        }
        EXPECT_EQ(get(served, std::string_view("open.txt\0x", 10)), none);
        EXPECT_EQ(get(served, "a/in"), "open");  // it stays inside
        EXPECT_EQ(get(served, ".hidden"), hidden ? "hidden" : none);
        EXPECT_EQ(get(served, "a/../open.txt"), hidden ? "open" : none);
    }
    std::vector<std::string> names;
    for (const auto& entry : serve::folder(root_).list(""))
        names.push_back(entry.name);
    EXPECT_THAT(names, ElementsAre("a", "open.txt", "same.txt"));
    EXPECT_EQ(serve::folder(root_).list("a").at(1).name, "in");
    EXPECT_EQ(serve::folder(root_).list("/a/").at(1).size, 4U);
    EXPECT_EQ(serve::folder(root_, {.longest_list = 2}).list("").size(), 2U);
}

/// Opening has effects: who waits at a pipe goes on, a tape is wound back.
TEST_F(folder, opens_nothing_but_files_and_folders) {
    ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
    const bool has_device = ::mknod((root_ / "null").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0;
    const serve::folder served(root_);
    const zocalo::tests::opened_files opened(root_);
    EXPECT_EQ(get(served, "pipe"), none);
    EXPECT_THROW((void)served.list("pipe"), std::system_error);
    if (has_device) {
        EXPECT_EQ(get(served, "null"), none);
        EXPECT_THROW((void)served.list("null"), std::system_error);
    }
    (void)served.list("");
    EXPECT_THAT(opened.names(), IsEmpty());
    EXPECT_EQ(get(served, "open.txt"), "open");
    EXPECT_THAT(opened.names(), ElementsAre("open.txt"));
}

TEST_F(folder, remembers_small_files_until_they_change) {
    const serve::folder served(root_);
    std::array<char, 4> room{};
    if (served.open("open.txt").read_at_now(0, room) == 0)
        ZOCALO_CANNOT_RUN("this file system always lets one wait");
    const zocalo::tests::opened_files opened(root_);
    const auto opens_it = [&] {
        EXPECT_EQ(get(served, "open.txt"), "open");
        return !opened.names().empty();
    };
    EXPECT_TRUE(opens_it());
    // What has just been written could change once more without another time.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (opens_it() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_FALSE(opens_it());
    EXPECT_EQ(served.open("open.txt").read_at(2, room), 2U);
    EXPECT_EQ(served.open("open.txt").read_at(5, room), 0U);
    write("open.txt", "shut");
    EXPECT_EQ(get(served, "open.txt"), "shut");
    write("other.txt", "swap");
    files::rename(root_ / "other.txt", root_ / "open.txt");
    EXPECT_EQ(get(served, "open.txt"), "swap");
    files::remove(root_ / "open.txt");
    EXPECT_EQ(get(served, "open.txt"), none);
    files::create_symlink("../secret.txt", root_ / "open.txt");
    EXPECT_EQ(get(served, "open.txt"), none);
}

/// Whether there is something that they may not have is nobody's business.
TEST_F(folder, does_not_tell_what_it_may_not_read) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("only root can be somebody else");
    files::permissions(root_ / "open.txt", files::perms::none);
    files::permissions(root_ / "a/b", files::perms::none);
    const serve::folder served(root_);
    ::setfsuid(65534);  // this thread is nobody as far as files count
    EXPECT_EQ(get(served, "open.txt"), none);
    EXPECT_EQ(get(served, "a/b"), none);
    EXPECT_EQ(get(served, "a/b/deep.txt"), none);
    EXPECT_EQ(get(served, "a/b/missing"), none);
    EXPECT_EQ(get(served, "a"), "<list>");
    ::setfsuid(0);
}

TEST_F(folder, is_not_escaped_by_those_who_are_quick) {
    const serve::folder served(root_);
    files::create_directory(root_ / "swap");
    std::ofstream(root_ / "swap/secret.txt") << "open";
    std::atomic<bool> done = false;
    std::thread other([&] {
        while (!done) {
            files::rename(root_ / "swap", root_ / "aside");
            files::create_symlink("..", root_ / "swap");
            files::remove(root_ / "swap");
            files::rename(root_ / "aside", root_ / "swap");
        }
    });
    int seen = 0;
    // On a busy machine the other one may sleep for long with a link in that place.
    for (int i = 0; i < 20000 || (seen == 0 && i < 2'000'000); ++i) {
        const std::string got = get(served, "swap/secret.txt");
        EXPECT_TRUE(got == "open" || got == none) << got;
        seen += got == "open" ? 1 : 0;
    }
    done = true;
    other.join();
    EXPECT_GT(seen, 0);
}

}  // namespace
