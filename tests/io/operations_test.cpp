// SPDX-License-Identifier: MIT
// Every operation that can wait, on every backend: begun in a cancelled task, cancelled while it
// waits, and on a descriptor that somebody else closed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <span>
#include <utility>

#include "io/operations.hpp"
#include "io/outcome.hpp"
#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests::operations;
using zocalo::tests::outcome_of;
using zocalo::tests::outcome_within;
namespace io = zocalo::io;
namespace net = zocalo::net;

using check = io::task<> (*)(const operation&, ends&);

io::task<> with_new_ends(check test, const operation& what) {
    ends of;
    co_await what.prepare(of);
    co_await test(what, of);
}

class operations_of_the_engine : public zocalo::tests::in_every_world {
 protected:
    /// Each operation with new ends, and its name beside what fails.
    void for_each(check test) {
        const std::span<const operation> all =
            is_simulated() ? std::span<const operation>(simulated_operations)
                           : std::span<const operation>(waiting_operations);
        for (const operation& each : all) {
            SCOPED_TRACE(each.name);
            run(with_new_ends(test, each));
        }
    }
};

io::task<> works(const operation& what, ends& of) {
    const auto first =
        co_await outcome_within(60'000ms, [](const operation& each, ends& on) -> io::task<> {
            co_await io::any(each.begin(on), each.help(on));
        }(what, of));
    EXPECT_FALSE(first) << first.message();
}

TEST_P(operations_of_the_engine, do_not_begin_when_cancelled) {
    for_each([](const operation& what, ends& of) -> io::task<> {
        co_await zocalo::tests::expect_no_beginning(what.begin(of));
        co_await works(what, of);
    });
}

TEST_P(operations_of_the_engine, end_when_cancelled_and_may_begin_again) {
    for_each([](const operation& what, ends& of) -> io::task<> {
        for (int i = 0; i < 3; ++i) {
            const std::error_code outcome = co_await outcome_within(2ms, what.begin(of));
            EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
        }
        co_await works(what, of);
    });
}

/// Somebody else closes a descriptor; later the number belongs to yet another file.
class closed_number {
 public:
    explicit closed_number(int number) noexcept : number_(number) { ::close(number); }
    closed_number(const closed_number&) = delete;
    closed_number& operator=(const closed_number&) = delete;
    ~closed_number() {
        const int other = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (other == number_) return;
        ::dup3(other, number_, O_CLOEXEC);
        ::close(other);
    }

 private:
    int number_;
};

TEST_P(operations_of_the_engine, fail_on_a_descriptor_that_is_closed) {
    if (is_simulated()) return;  // nobody has a number to close
    for_each([](const operation& what, ends& of) -> io::task<> {
        const closed_number closed(of.number);
        const std::error_code outcome = co_await outcome_within(60'000ms, what.begin(of));
        EXPECT_EQ(outcome, std::errc::bad_file_descriptor) << outcome.message();
    });
}

/// Closes the descriptor under the operation.
io::task<> close_soon(int number, bool& is_over) {
    co_await io::sleep(1ms);
    const closed_number closed(number);
    while (!is_over)
        co_await io::sleep(1ms);
}

io::task<> outlive_its_descriptor(const operation& what, ends& of, bool is_told) {
    bool is_over = false;
    const auto wait_for_it = [](io::task<std::error_code> outcome, bool& over,
                                bool told) -> io::task<> {
        const std::error_code came = co_await std::move(outcome);
        over = true;
        if (came == std::errc::timed_out && !told) co_return;
        EXPECT_EQ(came, std::errc::bad_file_descriptor) << came.message();
    };
    io::task<std::error_code> outcome = outcome_within(is_told ? 60'000ms : 50ms, what.begin(of));
    co_await io::all(wait_for_it(std::move(outcome), is_over, is_told),
                     close_soon(of.number, is_over));
}

/// The kernel tells those who wait with poll, and nobody else: there a time-out ends it. Nothing
/// else breaks.
TEST_P(operations_of_the_engine, end_by_error_or_time_out_when_closed_while_waiting) {
    if (is_simulated()) return;
    const bool is_told = GetParam() == io::backend_kind::poll;
    for (const operation& each : waiting_operations) {
        SCOPED_TRACE(each.name);
        run([](const operation& what, bool told) -> io::task<> {
            ends of;
            co_await what.prepare(of);
            ends bystander;
            make_pair(bystander);
            co_await outlive_its_descriptor(what, of, told);
            co_await works({"read", nullptr, read, write_one}, bystander);
        }(each, is_told));
    }
}

/// What is done at once when it may begin at all.
TEST_P(operations_of_the_engine, that_need_not_wait_do_not_begin_either_when_cancelled) {
    for (const operation& each : quick_operations) {
        SCOPED_TRACE(each.name);
        run([](const operation& what) -> io::task<> {
            ends of;
            co_await what.prepare(of);
            co_await zocalo::tests::expect_no_beginning(what.begin(of));
            co_await what.begin(of);
            co_await what.help(of);
        }(each));
    }
}

/// The end of what is written is told even then.
io::task<> finish_when_cancelled(ends& of) {
    io::scope scope;
    const auto inside = [](ends& on, io::scope& in) -> io::task<> {
        in.cancel();
        co_await on.stream.finish();
    };
    co_await outcome_of(scope.run(inside(of, scope)));
    EXPECT_TRUE((co_await of.other.read()).empty());
}

TEST_P(operations_of_the_engine, finish_never_waits) {
    run([](bool simulated) -> io::task<> {
        ends of;
        co_await open_pair(of);
        co_await finish_when_cancelled(of);
        if (simulated) co_return;
        ends closed_ones;
        make_pair(closed_ones);
        const closed_number closed(closed_ones.number);
        const std::error_code outcome = co_await outcome_of(closed_ones.stream.finish());
        EXPECT_EQ(outcome, std::errc::bad_file_descriptor) << outcome.message();
    }(is_simulated()));
}

ZOCALO_IN_EVERY_WORLD(operations_of_the_engine);

}  // namespace
