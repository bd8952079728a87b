// SPDX-License-Identifier: MIT
// Trust on first use, and the file that it is kept in.
#include "zocalo/tls/known_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/folder.hpp"
#include "tls/outcome.hpp"

namespace {

using namespace zocalo::tests;
using testing::HasSubstr;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

const tls::credentials& another() {
    static const tls::credentials made = tls::development_certificate({"localhost"});
    return made;
}

class known_servers : public testing::Test {
 protected:
    [[nodiscard]] std::string path() const { return here_.file("known"); }
    [[nodiscard]] std::string content() const {
        std::ifstream file(path());
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write(const std::string& text) const { std::ofstream(path()) << text; }
    /// A client that has just been started.
    [[nodiscard]] tls::client_options client() const {
        tls::client_options options;
        options.verify = tls::verify::first_use;
        options.known_keys = std::make_shared<tls::known_keys>(path());
        return options;
    }
    static void meet(const tls::client_options& ours, const tls::credentials& server,
                     const std::string& host = "localhost", std::uint16_t port = 4433) {
        (void)secure(tls::client_context(ours), tls::server_context(server_as(server)), host, port)
            .get();
    }
    /// What the client says to a server that it refuses.
    static std::string refusal_of(const tls::client_options& ours, const tls::credentials& server) {
        try {
            meet(ours, server);
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), tls::errc::certificate_refused) << error.what();
            return error.what();
        }
        return "";
    }

    const std::string pin_ = localhost().certificate().key_pin();

 private:
    zocalo::tests::folder here_;
};

TEST_F(known_servers, are_believed_the_first_time_and_held_to_it) {
    meet(client(), localhost());
    EXPECT_EQ(content(), "localhost:4433 " + pin_ + "\n");
    struct stat status{};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    meet(client(), localhost());
    meet(client(), localhost(), "LOCALHOST");
    EXPECT_THAT(
        refusal_of(client(), another()),
        HasSubstr(another().certificate().key_pin() + " is not the one that it has shown before"));
    meet(client(), another(), "localhost", 4434);  // another service
    EXPECT_EQ(content(), "localhost:4433 " + pin_ + "\nlocalhost:4434 " +
                             another().certificate().key_pin() + "\n");
}

TEST_F(known_servers, are_held_to_it_by_a_context_that_has_met_them) {
    const tls::client_context ours(client());
    const tls::server_context right(server_as(localhost()));
    for (int i = 0; i < 3; ++i) {
        both_ends ends = secure(ours, right, "localhost", 4433).get();
        greet(ends).get();  // it has tickets then, and goes on with a session
    }
    EXPECT_THROW(
        (void)secure(ours, tls::server_context(server_as(another())), "localhost", 4433).get(),
        std::system_error);
}

TEST_F(known_servers, have_to_be_right_otherwise_where_all_is_verified) {
    tls::client_options both = client_trusting(localhost());
    both.known_keys = std::make_shared<tls::known_keys>(path());
    EXPECT_NE(refusal_of(both, another()), "");
    EXPECT_EQ(content(), "");
    meet(both, localhost());
    EXPECT_EQ(content(), "localhost:4433 " + pin_ + "\n");
    tls::client_options pinned = client();
    pinned.pinned_keys = {pin_};
    EXPECT_THAT(refusal_of(pinned, another()), HasSubstr("none of the pinned ones"));
}

TEST_F(known_servers, are_not_known_before_the_handshake_has_ended) {
    tls::server_options wants = server_as(localhost());
    wants.client_certificates = tls::client_certificates::required;
    wants.trust.authorities = {another().certificate()};
    wants.highest = tls::version::tls_1_2;
    EXPECT_FALSE(try_handshake(client(), wants).is_agreed());
    EXPECT_EQ(content(), "");
}

TEST_F(known_servers, cannot_be_where_nobody_can_be_named) {
    tls::client_options options = client();
    options.known_keys = nullptr;
    EXPECT_THROW(tls::client_context{options}, std::invalid_argument);
    EXPECT_THROW(meet(client(), localhost(), ""), std::invalid_argument);
    options = client();
    options.trust.system_too = true;
    EXPECT_THROW(tls::client_context{options}, std::invalid_argument);
}

TEST_F(known_servers, may_get_a_new_key) {
    const std::string old = "# mine\n\nother:1 " + pin_ + "\nlocalhost:4433 " + pin_;
    write(old);
    tls::known_keys keys(path());
    EXPECT_EQ(keys.find("localhost", 4433), pin_);
    EXPECT_FALSE(keys.forget("nobody", 1));
    EXPECT_EQ(content(), old);
    EXPECT_TRUE(keys.forget("Localhost.", 4433));
    EXPECT_EQ(content(), "# mine\n\nother:1 " + pin_ + "\n");
    EXPECT_EQ(keys.find("localhost", 4433), std::nullopt);
    meet(client(), another());
    EXPECT_EQ(tls::known_keys(path()).find("localhost", 4433), another().certificate().key_pin());
}

TEST_F(known_servers, are_never_taken_from_a_broken_line) {
    const std::string broken[] = {"localhost:4433", "localhost:4433 sha256//short", " " + pin_,
                                  "localhost:4433  " + pin_, "x y z"};
    for (const std::string& line : broken) {
        write("# all right\n" + line + "\n");
        EXPECT_THROW(tls::known_keys{path()}, std::invalid_argument) << line;
    }
    tls::known_keys keys(path() + ".new");
    for (const char* const host : {"", "a b", "a\nb", "#a"})
        EXPECT_THROW(keys.learn(host, 1, pin_), std::invalid_argument) << host;
    EXPECT_THROW(tls::known_keys("/proc/nowhere/known").learn("a", 1, pin_), std::system_error);
}

TEST_F(known_servers, are_all_kept_when_many_learn_at_once) {
    constexpr int each = 20;
    std::vector<std::thread> all;
    for (int which = 0; which < 4; ++which) {
        all.emplace_back([this, which] {
            tls::known_keys keys(path());
            for (int i = 0; i < each; ++i)
                keys.learn("host" + std::to_string(which), static_cast<std::uint16_t>(i), pin_);
        });
    }
    for (std::thread& one : all)
        one.join();
    const tls::known_keys keys(path());
    for (int which = 0; which < 4; ++which)
        for (int i = 0; i < each; ++i)
            EXPECT_TRUE(keys.find("host" + std::to_string(which), static_cast<std::uint16_t>(i)));
}

TEST_F(known_servers, are_as_the_first_has_seen_them) {
    tls::known_keys one(path());
    tls::known_keys other(path());
    EXPECT_EQ(one.learn("a", 1, pin_), pin_);
    EXPECT_EQ(other.learn("a", 1, another().certificate().key_pin()), pin_);
    EXPECT_EQ(other.find("a", 1), pin_);
}

}  // namespace
