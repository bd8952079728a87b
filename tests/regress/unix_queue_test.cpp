// SPDX-License-Identifier: MIT
// A connect() to a full Unix listener, by a socket with a stop and no time-out, waited for ever.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "zocalo/net/connect.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

/// A listener that says EAGAIN to whoever comes next.
class full_listener {
 public:
    full_listener() {
        listener.bind(endpoint::autobind());
        listener.listen(0);
        for (std::error_code full; !full;) {
            fillers_.emplace_back(family::local).set_timeout(timeout::zero());
            full = fillers_.back().try_connect(listener.local_endpoint());
        }
    }
    socket listener{family::local};

 private:
    std::vector<socket> fillers_;
};

TEST(unix_queue, is_waited_for_until_there_is_room) {
    full_listener full;
    const stop_source stop;
    socket client{family::local};
    client.stop_with(stop);
    std::jthread server([&] {
        std::this_thread::sleep_for(20ms);
        (void)full.listener.accept();
    });
    client.connect(full.listener.local_endpoint());
    EXPECT_EQ(client.peer_endpoint(), full.listener.local_endpoint());
}

TEST(unix_queue, the_wait_obeys_time_out_and_stop) {
    full_listener full;
    stop_source stop;
    socket client{family::local};
    client.set_timeout(20ms);
    EXPECT_EQ(client.try_connect(full.listener.local_endpoint()), std::errc::timed_out);
    client.set_timeout(timeout::none());
    client.stop_with(stop);
    std::jthread stopper([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    EXPECT_THROW(client.connect(full.listener.local_endpoint()), stopped);
}

}  // namespace
}  // namespace zocalo::net
