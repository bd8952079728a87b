// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "zocalo/http/method.hpp"
#include "zocalo/http/status.hpp"

namespace {

namespace http = zocalo::http;

TEST(method, is_any_token) {
    EXPECT_EQ(http::method::parse("GET"), http::method::get);
    EXPECT_EQ(http::method::parse("PROPFIND"), http::method("PROPFIND"));
    EXPECT_NE(http::method::parse("get"), http::method::get);
    EXPECT_EQ(http::method::delete_.text(), "DELETE");
    EXPECT_EQ(http::method::parse(std::string(23, 'M')).text(), std::string(23, 'M'));
}

TEST(method, that_is_none_is_refused) {
    for (const std::string& name : {std::string(), std::string("G T"), std::string("GET\r\nX"),
                                    std::string("GE\0T", 4), std::string(24, 'M')}) {
        EXPECT_THROW((void)http::method::parse(name), std::invalid_argument);
    }
}

TEST(method, may_be_safe_and_idempotent) {
    EXPECT_TRUE(is_safe(http::method::get));
    EXPECT_FALSE(is_safe(http::method::put));
    EXPECT_TRUE(is_idempotent(http::method::put));
    EXPECT_FALSE(is_idempotent(http::method::post));
    EXPECT_FALSE(is_idempotent(http::method::patch));
}

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

TEST(status, has_a_number_and_words) {
    EXPECT_EQ(printed(http::status::not_found), "404 Not Found");
    EXPECT_EQ(printed(http::status{299}), "299");
    EXPECT_EQ(printed(http::method::put), "PUT");
    EXPECT_EQ(reason(http::status{418}), "I'm a Teapot");
    EXPECT_EQ(reason(http::status{512}), "");
    EXPECT_EQ(http::status{511}, http::status::network_authentication_required);
}

TEST(status, has_a_class) {
    EXPECT_TRUE(is_informational(http::status{199}));
    EXPECT_TRUE(is_success(http::status::ok));
    EXPECT_TRUE(is_redirection(http::status::found));
    EXPECT_TRUE(is_error(http::status::bad_request));
    EXPECT_FALSE(is_error(http::status{399}));
    EXPECT_TRUE(is_bodiless(http::status::not_modified));
    EXPECT_TRUE(is_bodiless(http::status::continue_));
    EXPECT_FALSE(is_bodiless(http::status::ok));
}

}  // namespace
