// SPDX-License-Identifier: MIT
#include "zocalo/serve/service_manager.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

namespace {

namespace net = zocalo::net;
namespace serve = zocalo::serve;

class service_managers : public testing::Test {
 protected:
    service_managers() : listens_(net::family::local, net::type::datagram) {
        listens_.bind(net::endpoint::autobind());
        const std::string name = "@" + std::string(listens_.local_endpoint().path());
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~service_managers() override { ::unsetenv("NOTIFY_SOCKET"); }
    std::string heard() { return listens_.recv(4096); }

 private:
    net::socket listens_;
};

TEST_F(service_managers, hear_how_the_process_is) {
    auto manager = serve::service_manager::from_environment();
    EXPECT_TRUE(manager.is_there());
    manager.ready();
    EXPECT_EQ(heard(), "READY=1\n");
    manager.reloading();
    const std::string reloading = heard();
    EXPECT_EQ(reloading.find("RELOADING=1\nMONOTONIC_USEC="), 0) << reloading;
    EXPECT_GT(std::stoull(reloading.substr(27)), 0);
    manager.status("one\nREADY=1");
    EXPECT_EQ(heard(), "STATUS=one\\nREADY=1\n");
    manager.main_process(4711);
    EXPECT_EQ(heard(), "MAINPID=4711\n");
    manager.stopping();
    EXPECT_EQ(heard(), "STOPPING=1\n");
}

TEST(no_service_manager, is_no_error) {
    ::unsetenv("NOTIFY_SOCKET");
    auto nobody = serve::service_manager::from_environment();
    EXPECT_FALSE(nobody.is_there());
    nobody.ready();
    serve::service_manager gone(net::endpoint::abstract("nobody listens at this name"));
    gone.ready();
}

void set_listen(const char* process, const char* count) {
    ::setenv("LISTEN_PID", process, 1);
    ::setenv("LISTEN_FDS", count, 1);
}

void unset_listen() {
    for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(name);
}

TEST(inherited_sockets, are_those_of_this_process_only) {
    const std::string process = std::to_string(::getpid());
    unset_listen();
    EXPECT_TRUE(serve::take_inherited_sockets().empty());
    set_listen("1", "1");
    EXPECT_TRUE(serve::take_inherited_sockets().empty());
    set_listen(process.c_str(), "0");
    EXPECT_TRUE(serve::take_inherited_sockets().empty());
    EXPECT_EQ(::getenv("LISTEN_FDS"), nullptr);
    for (const char* const nonsense : {"-1", "x", "1 ", "99999", "18446744073709551617"}) {
        set_listen(process.c_str(), nonsense);
        EXPECT_THROW(static_cast<void>(serve::take_inherited_sockets()), std::invalid_argument)
            << nonsense;
    }
    unset_listen();
}

}  // namespace
