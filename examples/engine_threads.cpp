// SPDX-License-Identifier: MIT
// engine_threads: work goes to a loop on another thread, and its results come back.
#include <iostream>
#include <thread>

#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/mailbox.hpp"

namespace io = zocalo::io;

io::task<> square(io::mailbox<int>& numbers, io::mailbox<int>& squares) {
    for (;;) {
        const std::optional<int> number = co_await numbers.receive();
        if (!number) break;  // closed, and empty
        co_await squares.send(*number * *number);
    }
    squares.close();
}

io::task<> ask(io::mailbox<int>& numbers) {
    for (int number = 1; number <= 5; ++number)
        co_await numbers.send(number);  // waits while two are there
    numbers.close();
}

io::task<> show(io::mailbox<int>& squares) {
    for (;;) {
        const std::optional<int> next = co_await squares.receive();
        if (!next) break;
        std::cout << *next << '\n';
    }
}

int main() {
    io::mailbox<int> numbers(2);
    io::mailbox<int> squares(2);
    const std::jthread worker([&] { io::loop().run(square(numbers, squares)); });
    io::loop().run(io::all(ask(numbers), show(squares)));
}
