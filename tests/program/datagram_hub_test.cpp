// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "command.hpp"
#include "relay/hub.hpp"
#include "relay/link_options.hpp"
#include "support/cannot_run.hpp"
#include "support/failing_call.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {
namespace {

using namespace std::chrono_literals;

io::task<> for_a_moment() {
    co_await io::sleep(500ms);
}

/// What a hub says whose socket fails every time.
std::string said_by_failing_hub() {
    const context shared{.verbosity = 2};
    link_options link;
    link.udp = true;
    hub_options options;
    options.keep = true;
    io::event stop;
    hub all(link, options, shared, stop);
    net::socket bound(net::family::inet, net::type::datagram);
    bound.bind({net::address::loopback_v4(), 0});
    const net::endpoint here = bound.local_endpoint();
    net::socket(net::family::inet, net::type::datagram).send_to("x", here);
    testing::internal::CaptureStderr();
    io::loop loop(io::backend_kind::epoll);
    loop.run(io::any(serve_datagrams(all, std::move(bound)), for_a_moment()));
    return testing::internal::GetCapturedStderr();
}

TEST(datagram_hub, asks_a_failing_socket_less_and_less_often) {
    std::string said;
    if (!test::with_failing_call(SYS_recvmmsg, ENETDOWN, [&] { said = said_by_failing_hub(); })) {
        ZOCALO_CANNOT_RUN("no filter of system calls");
    }
    EXPECT_NE(said.find("Network is down"), std::string::npos) << said;
    const auto lines = std::ranges::count(said, '\n');
    EXPECT_GT(lines, 1);
    EXPECT_LT(lines, 100);  // without a pause: thousands
}

}  // namespace
}  // namespace zocalo::program
