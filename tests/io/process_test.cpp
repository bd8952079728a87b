// SPDX-License-Identifier: MIT
#include "zocalo/io/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::io {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

using tests::read_all;

task<> write_and_close(stream& to, std::string what) {
    co_await to.write(what);
    to.close();
}

std::vector<std::string> shell(std::string line) {
    return {"sh", "-c", std::move(line)};
}

class processes : public tests::in_every_world {};
ZOCALO_ON_EVERY_KERNEL_BACKEND(processes);

TEST_P(processes, read_and_print) {
    const auto sort = [](process program) -> task<std::string> {
        const std::string lines = "b\na\nb\n";
        co_await write_and_close(program.in, lines);
        const std::string sorted = co_await read_all(program.out);
        const int status = co_await program.wait();
        EXPECT_EQ(status, 0);
        co_return sorted;
    };
    EXPECT_EQ(run(sort(process({"sort", "-u"}))), "a\nb\n");
}

TEST_P(processes, carry_more_than_a_pipe_holds) {
    const std::string much(1'000'000, 'x');
    const auto cat = [](process program, std::string what) -> task<std::size_t> {
        auto [nothing, back] =
            co_await all(write_and_close(program.in, what), read_all(program.out));
        co_return back.size();
    };
    EXPECT_EQ(run(cat(process({"cat"}), much)), much.size());
}

TEST_P(processes, say_how_they_ended) {
    const auto status_of = [](process program) -> task<int> { co_return co_await program.wait(); };
    EXPECT_EQ(run(status_of(process(shell("exit 7")))), 7);
    EXPECT_EQ(run(status_of(process(shell("kill -TERM $$")))), 128 + SIGTERM);
    const auto twice = [](process program) -> task<int> {
        const int once = co_await program.wait();
        const int again = co_await program.wait();
        EXPECT_EQ(once, again);
        program.signal(signals::terminate);  // nobody is hit
        co_return again;
    };
    EXPECT_EQ(run(twice(process(shell("exit 3")))), 3);
}

TEST_P(processes, are_told_to_end) {
    const auto ended = [](process program) -> task<int> {
        program.signal(signals::terminate);
        co_return co_await program.wait();
    };
    EXPECT_EQ(run(ended(process({"sleep", "1000"}))), 128 + SIGTERM);
}

TEST_P(processes, are_waited_for_with_a_limit_and_killed_in_the_end) {
    const auto slow = [](process program) -> task<int> {
        try {
            co_await timeout(20ms, program.wait());
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out);
        }
        co_return program.id();
    };
    const int id = run(slow(process({"sleep", "1000"})));
    EXPECT_EQ(kill(id, 0), -1);  // dead, and reaped
    EXPECT_EQ(errno, ESRCH);
}

TEST_P(processes, are_spoken_with_as_over_a_connection) {
    const auto speak = [](process program) -> task<std::string> {
        stream line = program.take_connection();
        EXPECT_FALSE(program.in.is_open());
        const std::string question = "hello\n";
        co_await line.write(question);
        co_await line.finish();
        co_return co_await read_all(line);
    };
    EXPECT_EQ(run(speak(process({"tr", "a-z", "A-Z"}))), "HELLO\n");
}

TEST_P(processes, get_a_socket_as_input_and_output) {
    const auto cat = [](process program, stream ours) -> task<int> {
        const std::string two(60'000, '2');
        co_await ours.write("one");
        co_await ours.write(two);
        std::string message(65536, '\0');
        const std::size_t first = co_await ours.read_some(mutable_buffer(message));
        EXPECT_EQ(message.substr(0, first), "one");
        const std::size_t second = co_await ours.read_some(mutable_buffer(message));
        EXPECT_EQ(second, two.size());
        co_await ours.finish();
        co_return co_await program.wait();
    };
    auto [ours, theirs] = net::socket::pair(net::type::seqpacket);
    process program({"cat"}, {.connection = &theirs});
    theirs.close();
    EXPECT_FALSE(program.in.is_open());
    EXPECT_EQ(run(cat(std::move(program), stream(std::move(ours)))), 0);
}

TEST(process, that_was_released_goes_on) {
    auto [ours, theirs] = net::socket::pair();
    std::optional<process> program(std::in_place, std::vector<std::string>{"cat"},
                                   process_options{.connection = &theirs});
    const int id = program->id();
    program->release();
    program.reset();
    ours.set_timeout(std::chrono::seconds(10));
    ours.send_all("alive");
    EXPECT_EQ(ours.recv(100), "alive");
    ours.close();
    theirs.close();
    int status = -1;
    EXPECT_EQ(waitpid(id, &status, 0), id);
    EXPECT_EQ(status, 0);
}

TEST_P(processes, get_what_they_are_given) {
    const auto printed = [](process program) -> task<std::string> {
        co_return co_await read_all(program.out);
    };
    process_options options;
    options.environment = {"PATH=/usr/bin:/bin", "ZOCALO_GIVEN=this"};
    EXPECT_EQ(run(printed(process(shell("echo $ZOCALO_GIVEN; env | grep -c ^PATH="), options))),
              "this\n1\n");
    options = {.in = standard::nothing, .err = standard::pipe};
    const auto complaint = [](process program) -> task<std::string> {
        const std::string out = co_await read_all(program.out);
        EXPECT_EQ(out, "");
        co_return co_await read_all(program.err);
    };
    EXPECT_EQ(run(complaint(process(shell("cat; echo no >&2"), options))), "no\n");
}

TEST_P(processes, do_not_keep_the_pipes_of_others_open) {
    const auto ended = [](process first, process second) -> task<int> {
        first.in.close();
        const int status = co_await timeout(10s, first.wait());
        second.signal(signals::terminate);
        co_return status;
    };
    process first({"cat"});
    EXPECT_EQ(run(ended(std::move(first), process({"sleep", "1000"}))), 0);
}

TEST(process, that_cannot_be_started_is_named) {
    try {
        const process none({"/no/such/program"});
        ADD_FAILURE() << "it has started";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), HasSubstr("start \"/no/such/program\""));
    }
    EXPECT_THROW(process(std::vector<std::string>{}), std::invalid_argument);
    EXPECT_THROW(process({std::string("a\0b", 3)}), std::invalid_argument);
    int status = 0;
    EXPECT_EQ(waitpid(-1, &status, WNOHANG), -1);  // nobody is left behind
    EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace zocalo::io
