// SPDX-License-Identifier: MIT
// A sender went on to tell the mailbox of its value after it had given the lock back. Whoever had
// received the value may have destroyed the mailbox by then. (TSan and Valgrind see it.)
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "io/worlds.hpp"
#include "zocalo/io/mailbox.hpp"

namespace {

namespace io = zocalo::io;
using numbers = io::mailbox<int>;

/// One after another, each its receiver's own, for a sender on another thread.
struct relay {
    std::atomic<numbers*> next = nullptr;
    int count = 0;
};

/// Without a wait, for which the sender would have to tell.
int look_until_it_is_there(numbers& in) {
    for (;;) {
        const std::optional<int> came = in.try_receive();
        if (came) return *came;
        std::this_thread::yield();
    }
}

io::task<> receive_and_destroy(relay& of) {
    for (int i = 0; i < of.count; ++i) {
        auto mine = std::make_unique<numbers>(1);
        of.next = mine.get();
        std::optional<int> came;
        if (i % 2 == 0) came = look_until_it_is_there(*mine);
        if (i % 2 != 0) came = co_await mine->receive();
        EXPECT_EQ(came, i);
        mine.reset();
    }
}

void send_to_each(relay& to) {
    for (int i = 0; i < to.count; ++i) {
        numbers* box = nullptr;
        while ((box = to.next.exchange(nullptr)) == nullptr)
            std::this_thread::yield();
        EXPECT_TRUE(box->try_send(i));
    }
}

class mailboxes_of_the_receiver : public zocalo::tests::in_every_world {};

TEST_P(mailboxes_of_the_receiver, may_go_with_the_value) {
    relay one;
    one.count = 500;
    std::jthread sender([&] { send_to_each(one); });
    run(receive_and_destroy(one));
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(mailboxes_of_the_receiver);

}  // namespace
