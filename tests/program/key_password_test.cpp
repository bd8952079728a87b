// SPDX-License-Identifier: MIT
#include "relay/key_password.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "file.hpp"
#include "support/folder.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {
namespace {

using testing::HasSubstr;
using zocalo::tests::folder;

/// A certificate in `cert.pem`, and its key in `key.pem`, encrypted with "secret".
class key_passwords : public testing::Test {
 protected:
    void SetUp() override {
        tls::development_certificate({"localhost"}).save(chain, plain);
        const std::string command =
            "openssl pkcs8 -topk8 -in " + plain + " -out " + locked + " -passout pass:secret";
        ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): the tool is the point
    }
    [[nodiscard]] std::string file_with(const std::string& content) const {
        std::ofstream(here.file("password")) << content;
        return here.file("password");
    }
    [[nodiscard]] key_password told_by(const std::vector<std::string>& words) const {
        key_password made;
        CLI::App command;
        add_key_password_options(command, made, "TLS");
        command.parse(std::vector<std::string>(words.rbegin(), words.rend()));
        return made;
    }

    const folder here;
    const std::string chain = here.file("cert.pem");
    const std::string plain = here.file("plain.pem");
    const std::string locked = here.file("key.pem");
};

TEST_F(key_passwords, come_from_an_option_or_from_the_first_line_of_a_file) {
    const std::string key = tls::credentials::load(chain, plain).key_pem();
    for (const key_password& each :
         {told_by({"--pass", "secret"}), told_by({"--pass-file", file_with("secret\nmore\n")})})
        EXPECT_EQ(load_credentials(chain, locked, each).key_pem(), key);
    const key_password with_crlf = told_by({"--pass-file", file_with("secret\r\n")});
    EXPECT_EQ(load_credentials(chain, locked, with_crlf).key_pem(), key);
    EXPECT_THROW((void)told_by({"--pass", "x", "--pass-file", "y"}), CLI::ExcludesError);
}

TEST_F(key_passwords, are_looked_for_only_when_the_key_is_encrypted) {
    EXPECT_NO_THROW((void)load_credentials(chain, plain, told_by({"--pass-file", "nofile"})));
    EXPECT_THROW((void)load_credentials(chain, locked, told_by({"--pass-file", "nofile"})),
                 file_error);
    EXPECT_THROW((void)load_credentials(chain, locked, told_by({"--pass-file", file_with("\n")})),
                 std::invalid_argument);
}

TEST_F(key_passwords, that_are_wrong_name_the_key) {
    try {
        (void)load_credentials(chain, locked, told_by({"--pass", "wrong"}));
        FAIL() << "opened by another password";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::password_wrong);
        EXPECT_THAT(error.what(), HasSubstr("key.pem"));
    }
}

}  // namespace
}  // namespace zocalo::program
