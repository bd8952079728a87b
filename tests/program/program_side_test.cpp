// SPDX-License-Identifier: MIT
#include "relay/program_side.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <system_error>

#include "relay/local_side.hpp"
#include "support/streams.hpp"

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

const net::endpoint here = net::endpoint::parse("127.0.0.1:7");

io::task<std::string> ask(local_end& program, std::string question) {
    co_await program.stream.write(question);
    co_await program.stream.finish();
    co_return co_await zocalo::tests::read_all(program.stream);
}

TEST(program_side, speaks_through_one_socket_and_knows_who_asks) {
    local_end program =
        start_program({"sh", "-c", "read line; echo \"$line $ZOCALO_PEER\"; exit 7"}, false,
                      net::endpoint::parse("192.0.2.1:9"), here);
    EXPECT_EQ(ask(program, "hello\n").get(), "hello 192.0.2.1:9\n");
    EXPECT_EQ(program.program->wait().get(), 7);
}

TEST(program_side, keeps_messages_apart) {
    local_end program = start_program({"cat"}, true, here, here);
    const auto exchange = [](io::stream& with) -> io::task<> {
        const std::string one = "one";
        const std::string two(60'000, '2');
        co_await with.write(one);
        co_await with.write(two);
        const io::chunk first = co_await with.read();
        EXPECT_EQ(first.text(), one);
        const io::chunk second = co_await with.read();
        EXPECT_EQ(second.text(), two);
        co_await with.finish();
        const io::chunk end = co_await with.read();
        EXPECT_TRUE(end.empty());
    };
    exchange(program.stream).get();
    EXPECT_EQ(program.program->wait().get(), 0);
}

TEST(program_side, names_the_program_that_does_not_exist) {
    try {
        (void)start_program({"/no/such\nprogram"}, false, here, here);
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), testing::HasSubstr(R"("/no/such\nprogram")"));
    }
}

}  // namespace
}  // namespace zocalo::program
