// SPDX-License-Identifier: MIT
#include "relay/child.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <system_error>

#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {
namespace {

using testing::ElementsAre;

TEST(split_arguments, reads_words_and_quotes_without_a_shell) {
    EXPECT_THAT(split_arguments("  cat  -n\tfile "), ElementsAre("cat", "-n", "file"));
    EXPECT_THAT(split_arguments(R"(a 'b c' "d \"e\" \n" f\ g '')"),
                ElementsAre("a", "b c", R"(d "e" \n)", "f g", ""));
    EXPECT_THAT(split_arguments("echo $HOME ; rm *"), ElementsAre("echo", "$HOME", ";", "rm", "*"));
    EXPECT_THAT(split_arguments("pre'mid'post"), ElementsAre("premidpost"));
}

TEST(split_arguments, says_what_is_wrong) {
    EXPECT_THROW((void)split_arguments(""), std::invalid_argument);
    EXPECT_THROW((void)split_arguments(" \t"), std::invalid_argument);
    EXPECT_THROW((void)split_arguments("echo 'open"), std::invalid_argument);
    EXPECT_THROW((void)split_arguments("echo \"open"), std::invalid_argument);
}

TEST(child, speaks_through_a_socket_and_reports_its_status) {
    auto [ours, theirs] = net::socket::pair();
    child program({"sh", "-c", "read line; echo \"$GREETING $line\"; exit 7"},
                  {theirs.fileno(), theirs.fileno(), 2}, {"GREETING=hello"});
    theirs.close();
    ours.set_timeout(std::chrono::seconds(5));
    ours.send_all("you\n");
    EXPECT_EQ(ours.recv(100), "hello you\n");
    EXPECT_EQ(program.wait_status(), 7);
    EXPECT_EQ(program.poll_status(), 7);
}

TEST(child, is_free_of_our_blocked_signals) {
    const net::stop_signal ours;  // SIGTERM is blocked here
    child program({"sleep", "30"});
    program.signal(net::stop_signal::terminate);
    EXPECT_EQ(program.wait_status(), 128 + net::stop_signal::terminate);
}

TEST(child, names_the_program_that_does_not_exist) {
    try {
        child program({"/no/such\nprogram"});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), testing::HasSubstr(R"("/no/such\nprogram")"));
    }
}

}  // namespace
}  // namespace zocalo::program
