// SPDX-License-Identifier: MIT
#include "exit_code.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <set>
#include <stdexcept>
#include <system_error>

#include "file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {
namespace {

exit_code of(std::errc error) {
    return exit_code_of(std::system_error(std::make_error_code(error)));
}

exit_code of(tls::errc error) {
    return exit_code_of(std::system_error(tls::make_error_code(error)));
}

TEST(exit_code, follows_the_phase_that_failed) {
    EXPECT_EQ(exit_code_of(std::system_error(net::name_errc::no_name)), exit_code::name);
    EXPECT_EQ(of(std::errc::connection_refused), exit_code::connect);
    EXPECT_EQ(of(std::errc::timed_out), exit_code::timed_out);
    EXPECT_EQ(of(std::errc::connection_reset), exit_code::peer);
    EXPECT_EQ(of(std::errc::permission_denied), exit_code::permission);
    EXPECT_EQ(of(std::errc::address_in_use), exit_code::bind);
    EXPECT_EQ(of(std::errc::operation_canceled), exit_code::interrupted);
    EXPECT_EQ(of(std::errc::too_many_files_open), exit_code::failure);
    EXPECT_EQ(exit_code_of(protocol_error("x")), exit_code::peer);
    EXPECT_EQ(of(tls::errc::password_missing), exit_code::failure);
    EXPECT_EQ(of(tls::errc::password_wrong), exit_code::failure);
    EXPECT_EQ(of(tls::errc::unusable), exit_code::failure);
    EXPECT_EQ(of(tls::errc::certificate_refused), exit_code::peer);
    EXPECT_EQ(exit_code_of(std::invalid_argument("x")), exit_code::usage);
    EXPECT_EQ(exit_code_of(std::runtime_error("x")), exit_code::failure);
}

TEST(exit_code, knows_the_kernels_numbers_as_well) {
    // What sockets throw carries system_category(), not generic_category().
    EXPECT_EQ(exit_code_of(std::system_error(ECONNREFUSED, std::system_category())),
              exit_code::connect);
}

TEST(exit_code, of_a_file_says_nothing_about_connections) {
    const auto of_file = [](int error) {
        return exit_code_of(file_error(error, std::system_category()));
    };
    EXPECT_EQ(of_file(ENOENT), exit_code::failure);
    EXPECT_EQ(of_file(EPIPE), exit_code::failure);
    EXPECT_EQ(of_file(EACCES), exit_code::permission);
    EXPECT_EQ(of(std::errc::no_such_file_or_directory), exit_code::failure) << "a program to run";
}

TEST(exit_code, of_a_connection_that_cannot_be_made) {
    const auto of_connecting = [](int error) {
        return exit_code_of(net::connect_error({error, std::system_category()}, "x", {}));
    };
    EXPECT_EQ(of_connecting(ENOENT), exit_code::connect) << "a Unix socket";
    EXPECT_EQ(of_connecting(ENODEV), exit_code::connect) << "a virtual machine";
    EXPECT_EQ(of_connecting(ECONNRESET), exit_code::connect);
    EXPECT_EQ(of_connecting(ETIMEDOUT), exit_code::timed_out);
    EXPECT_EQ(of_connecting(EACCES), exit_code::permission);
    EXPECT_EQ(of_connecting(EADDRNOTAVAIL), exit_code::bind);
}

TEST(exit_code, means_one_thing_each) {
    std::set<exit_code> seen;
    for (const auto& [code, meaning] : exit_meanings) {
        EXPECT_TRUE(seen.insert(code).second) << static_cast<int>(code);
        EXPECT_FALSE(meaning.empty());
    }
}

}  // namespace
}  // namespace zocalo::program
