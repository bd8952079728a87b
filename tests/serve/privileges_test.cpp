// SPDX-License-Identifier: MIT
#include "zocalo/serve/privileges.hpp"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/cannot_run.hpp"
#include "support/folder.hpp"

namespace {

namespace serve = zocalo::serve;

/// What a child process that gives up its rights says: 0 when all is as it should be.
template <class Body>
int in_a_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool has_no_new_privileges() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("NoNewPrivs:")) return line.ends_with('1');
    }
    return false;
}

TEST(privileges, are_given_up_for_good) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    const passwd* const nobody = ::getpwnam("nobody");
    ASSERT_NE(nobody, nullptr);
    const uid_t user = nobody->pw_uid;
    const gid_t group = nobody->pw_gid;
    EXPECT_EQ(0, in_a_child([=] {
                  serve::drop_privileges("nobody");
                  if (::getuid() != user || ::geteuid() != user) return 1;
                  if (::getgid() != group || ::getegid() != group) return 2;
                  gid_t groups[64];
                  const int count = ::getgroups(64, groups);
                  if (count != 1 || groups[0] != group) return 3;
                  if (::setuid(0) == 0 || ::seteuid(0) == 0 || ::setgid(0) == 0) return 4;
                  if (!has_no_new_privileges()) return 5;
                  return 0;
              }));
}

TEST(privileges, of_root_or_nobody_are_refused) {
    EXPECT_THROW(serve::drop_privileges("root"), std::invalid_argument);
    EXPECT_THROW(serve::drop_privileges("no such user"), std::invalid_argument);
}

TEST(privileges, of_another_user_are_refused) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    EXPECT_EQ(0, in_a_child([] {
                  serve::drop_privileges("nobody");
                  try {
                      serve::drop_privileges("daemon");
                  } catch (const std::system_error& error) {
                      return error.code() == std::errc::operation_not_permitted ? 0 : 1;
                  }
                  return 2;
              }));
}

/// A program begins so; tests before this one may have taken it away, as a change of the user does.
void allow_core_files() {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &all);
    ::prctl(PR_SET_DUMPABLE, 1);
}

TEST(core_files, are_forbidden_for_good) {
    EXPECT_EQ(0, in_a_child([] {
                  allow_core_files();
                  if (::prctl(PR_GET_DUMPABLE) != 1) return 1;
                  serve::forbid_core_files();
                  if (::prctl(PR_GET_DUMPABLE) != 0) return 2;
                  if (::geteuid() == 0) serve::drop_privileges("nobody");
                  return ::prctl(PR_GET_DUMPABLE) == 0 ? 0 : 3;
              }));
}

/// Whether the kernel says that a child which aborts has left a core.
template <class Body>
bool leaves_a_core(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        allow_core_files();
        ::signal(SIGABRT, SIG_DFL);
        body();
        ::abort();
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WCOREDUMP(status);
}

TEST(core_files, are_not_written) {
    const zocalo::tests::folder folder;
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const bool usually = leaves_a_core([] {});
    const bool forbidden = leaves_a_core(serve::forbid_core_files);
    std::filesystem::current_path(before);
    if (!usually) ZOCALO_CANNOT_RUN("this system writes no core files");
    EXPECT_FALSE(forbidden);
}

}  // namespace
