// SPDX-License-Identifier: MIT
// Thanks everybody who connects, all at once in one thread, until Ctrl-C.
//
//     greeting_tasks [ADDRESS:PORT]
//     ZOCALO_BACKEND=poll greeting_tasks      (or epoll, or uring)
#include "greeting.hpp"

#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/signals.hpp"

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const auto where = greeting::net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:40674");
    greeting::io::signals ctrl_c;  // before the loop, so that it is never missed

    greeting::io::loop loop;
    std::cout << "waiting with " << loop.backend() << '\n';
    // The first to end ends the other: the signal comes, and the server is cancelled.
    loop.run(greeting::io::any(greeting::serve(where), ctrl_c.next()));
} catch (const std::exception& error) {
    std::cerr << "greeting_tasks: " << error.what() << '\n';
    return 1;
}
