// SPDX-License-Identifier: MIT
// engine_messages: several tasks write to one stream, which is not to go faster than it should.
#include <iostream>

#include "zocalo/io/all.hpp"
#include "zocalo/io/bandwidth.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/write_queue.hpp"

namespace io = zocalo::io;

io::task<> say(io::write_queue& out, std::string who) {
    for (int number = 1; number <= 2; ++number) {
        std::string message = who;
        message += ' ' + std::to_string(number) + '\n';
        co_await out.put(std::move(message));  // whole: no other message gets into it
    }
}

io::task<> write_all(io::stream to) {
    io::write_queue out(to);
    auto speakers = io::all(say(out, "red"), say(out, "blue"));
    co_await std::move(speakers);
    out.close();
    co_await out.run();  // until everything is written; beside the speakers when there is more
    co_await to.finish();
}

io::task<> show(io::stream from) {
    io::reader in(from);
    const std::string all = co_await in.read_all(1000);
    std::cout << all;
}

int main() {
    std::pair<io::stream, io::stream> ends = io::memory_pair();
    const auto slow = std::make_shared<io::bandwidth>(100'000);  // bytes in a second
    io::stream limited = io::limit_bandwidth(std::move(ends.first), nullptr, slow);
    io::loop().run(io::all(write_all(std::move(limited)), show(std::move(ends.second))));
}
