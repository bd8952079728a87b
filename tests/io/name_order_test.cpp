// SPDX-License-Identifier: MIT
// What comes first, the hosts file or name servers: in a mount name space with files of its own.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "support/cannot_run.hpp"
#include "support/dns_message.hpp"
#include "support/dns_server.hpp"
#include "support/folder.hpp"
#include "zocalo/io/resolver.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;
using namespace zocalo::test;
using zocalo::tests::folder;

constexpr int no_name_space = 77;

/// "both.example" is 192.0.2.1 for name servers; what else there is they do not know.
std::vector<dns_reply> zone(const std::string& query, bool /*over_tcp*/) {
    const dns_question asked(query);
    if (asked.name != "both.example") {
        return {{dns_message(query, dns_message::no_such_name).bytes()}};
    }
    dns_message found(query, dns_message::response);
    if (asked.type == dns::type::a) found.record(asked.type, 300, std::string("\xC0\0\2\1", 4));
    return {{found.bytes()}};
}

bool put(const folder& in, const char* name, const std::string& text, const char* over) {
    std::ofstream(in.file(name)) << text;
    return ::mount(in.file(name).c_str(), over, nullptr, MS_BIND, nullptr) == 0;
}

/// In a process of its own: what `host` stands for with that order, "-" for nothing.
int ask_in_child(const folder& in, const std::string& order, const net::endpoint& server,
                 const std::string& host, const std::string& expected) {
    const bool ready = ::unshare(CLONE_NEWNS) == 0 &&
                       ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       put(in, "nsswitch", "hosts: " + order + "\n", "/etc/nsswitch.conf") &&
                       put(in, "hosts", "192.0.2.2 both.example file.example\n", "/etc/hosts");
    if (!ready) return no_name_space;
    std::string said = "-";
    try {
        io::resolver resolver({.servers = {server}, .search = false});
        said = resolver.addresses(host).get().at(0).to_string();
    } catch (const std::system_error&) {
        // Passed over: it is compared as it is.
    }
    return said == expected ? 0 : 1;
}

void expect(const std::string& order, const std::string& host, const std::string& expected) {
    const folder in;
    dns_server server(zone);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(ask_in_child(in, order, server.where(), host, expected));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == no_name_space) ZOCALO_CANNOT_RUN("no mount name space");
    EXPECT_EQ(WEXITSTATUS(status), 0) << host << " with " << order << " is not " << expected;
}

TEST(name_order, is_that_of_nsswitch) {
    expect("files dns", "both.example", "192.0.2.2");
    expect("dns files", "both.example", "192.0.2.1");
    expect("dns files", "file.example", "192.0.2.2");
    expect("dns files", "none.example", "-");
    expect("dns", "file.example", "-");
}

}  // namespace
