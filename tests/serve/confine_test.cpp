// SPDX-License-Identifier: MIT
// Processes that see some files only, in child processes: there is no way back.
#include "zocalo/serve/privileges.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "support/cannot_run.hpp"
#include "support/folder.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/serve/folder.hpp"

namespace {

namespace files = std::filesystem;
namespace serve = zocalo::serve;

/// What a child process says: 0 when all is as it should be, else the line of the test.
template <class Body>
int in_a_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            ::_exit(body());
        } catch (const std::exception& error) {
            ::dprintf(2, "%s\n", error.what());
            ::_exit(255);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The errno that it fails with; 0 when it does not.
int opening(const std::string& path, int flags = O_RDONLY) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    ::close(fd);
    return 0;
}

class confinement : public testing::Test {
 protected:
    confinement() {
        for (const char* const name : {"read", "write", "other", "run"})
            files::create_directory(here_.file(name));
        for (const char* const name : {"read/a", "write/a", "other/a", "single"})
            std::ofstream(here_.file(name)) << "text";
        files::permissions(here_.path(), files::perms::all);
    }

    [[nodiscard]] std::string at(const std::string& name) const { return here_.file(name); }
    [[nodiscard]] serve::file_access some() const {
        return {.read = {at("read"), at("single")}, .write = {at("write")}, .sockets = {at("run")}};
    }

 private:
    zocalo::tests::folder here_;
};

bool has_landlock() {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

#define ZOCALO_EXPECT(condition) \
    if (!(condition)) return __LINE__ % 250 + 1

TEST_F(confinement, leaves_some_files) {
    if (!has_landlock()) ZOCALO_CANNOT_RUN("no Landlock");
    EXPECT_EQ(0, in_a_child([this] {
                  const serve::folder before(at("other"));
                  serve::confine(some());
                  ZOCALO_EXPECT(opening(at("read/a")) == 0);
                  ZOCALO_EXPECT(opening(at("read"), O_DIRECTORY) == 0);
                  ZOCALO_EXPECT(opening(at("single")) == 0);
                  ZOCALO_EXPECT(opening(at("read/a"), O_WRONLY) == EACCES);
                  ZOCALO_EXPECT(opening(at("read/b"), O_WRONLY | O_CREAT) == EACCES);
                  ZOCALO_EXPECT(::unlink(at("read/a").c_str()) != 0);
                  ZOCALO_EXPECT(opening(at("other/a")) == EACCES);
                  ZOCALO_EXPECT(opening(at("read/../other/a")) == EACCES);
                  ZOCALO_EXPECT(opening("/etc/passwd") == EACCES);
                  ZOCALO_EXPECT(opening("/", O_DIRECTORY) == EACCES);
                  ZOCALO_EXPECT(opening(at("write/a"), O_RDWR | O_TRUNC) == 0);
                  ZOCALO_EXPECT(opening(at("write/b"), O_RDWR | O_CREAT) == 0);
                  ZOCALO_EXPECT(::rename(at("write/b").c_str(), at("write/c").c_str()) == 0);
                  ZOCALO_EXPECT(::unlink(at("write/c").c_str()) == 0);
                  std::error_code why;
                  ZOCALO_EXPECT(!before.try_open("a", why));
                  ZOCALO_EXPECT(serve::folder(at("read")).open("a").read_all(100) == "text");
                  return 0;
              }));
}

TEST_F(confinement, holds_for_threads_and_programs) {
    if (!has_landlock()) ZOCALO_CANNOT_RUN("no Landlock");
    EXPECT_EQ(0, in_a_child([this] {
                  serve::confine(some());
                  int seen = 0;
                  std::thread([&] { seen = opening(at("other/a")); }).join();
                  ZOCALO_EXPECT(seen == EACCES);
                  ZOCALO_EXPECT(in_a_child([this] { return opening(at("other/a")); }) == EACCES);
                  ::execl("/bin/true", "true", nullptr);
                  ZOCALO_EXPECT(errno == EACCES);
                  return 0;
              }));
}

TEST_F(confinement, allows_sockets_where_they_are_to_be) {
    if (!has_landlock()) ZOCALO_CANNOT_RUN("no Landlock");
    EXPECT_EQ(0, in_a_child([this] {
                  serve::confine(some());
                  const auto bound = [](const std::string& path) {
                      try {
                          zocalo::net::socket(zocalo::net::family::local, zocalo::net::type::stream)
                              .bind(zocalo::net::endpoint::local(path));
                          return 0;
                      } catch (const std::system_error& error) {
                          return error.code().value();
                      }
                  };
                  ZOCALO_EXPECT(bound(at("run/door")) == 0);
                  ZOCALO_EXPECT(::unlink(at("run/door").c_str()) == 0);
                  ZOCALO_EXPECT(opening(at("run/file"), O_WRONLY | O_CREAT) == EACCES);
                  ZOCALO_EXPECT(bound(at("other/door")) == EACCES);
                  return 0;
              }));
}

TEST_F(confinement, names_what_is_not_there) {
    if (!has_landlock()) ZOCALO_CANNOT_RUN("no Landlock");
    try {
        serve::confine({.read = {at("nowhere")}});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
    }
    EXPECT_EQ(opening("/etc/passwd"), 0);  // nothing was begun
}

TEST_F(confinement, to_a_root_is_for_good) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    EXPECT_EQ(0, in_a_child([this] {
                  const serve::folder before(at("other"));
                  serve::drop_privileges("nobody", at("read"));
                  ZOCALO_EXPECT(::getuid() != 0);
                  ZOCALO_EXPECT(files::current_path() == "/");
                  ZOCALO_EXPECT(opening("/a") == 0);
                  ZOCALO_EXPECT(opening("/../a") == 0);
                  ZOCALO_EXPECT(opening("/../other/a") == ENOENT);
                  ZOCALO_EXPECT(opening("/etc/passwd") == ENOENT);
                  ZOCALO_EXPECT(::chroot("/") != 0);
                  // There is no /proc to open a file by its descriptor.
                  ZOCALO_EXPECT(serve::folder("/").open("a").read_all(100) == "text");
                  ZOCALO_EXPECT(before.open("a").read_all(100) == "text");
                  return 0;
              }));
    EXPECT_EQ(0, in_a_child([this] {
                  serve::drop_privileges("nobody");
                  try {
                      serve::drop_privileges("nobody", at("read"));
                  } catch (const std::system_error& error) {
                      return error.code() == std::errc::operation_not_permitted ? 0 : 1;
                  }
                  return 2;
              }));
}

}  // namespace
