// SPDX-License-Identifier: MIT
#include "zocalo/http/aws_signature.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
using http::aws_scope;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::url::host;

/// Of the public test suite of Signature Version 4.
constexpr std::string_view suite_key = "AKIDEXAMPLE";
constexpr std::string_view suite_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const aws_scope suite{.region = "us-east-1", .service = "service"};

http::aws_request asked(std::string target, std::string method = "GET") {
    http::aws_request made{.method = std::move(method),
                           .target = std::move(target),
                           .content_hash = http::aws_hash("")};
    made.fields.add("Host", "example.amazonaws.com");
    made.fields.add("X-Amz-Date", "20150830T123600Z");
    return made;
}
std::string signature(const http::aws_request& what, const aws_scope& by = suite,
                      std::string_view key = suite_key, std::string_view secret = suite_secret) {
    const std::string value = http::aws_authorization(what, by, key, secret);
    constexpr std::string_view name = "Signature=";
    return value.substr(value.find(name) + name.size());
}

TEST(aws_signature, is_that_of_the_test_suite) {
    EXPECT_EQ(signature(asked("/")),
              "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    EXPECT_EQ(signature(asked("/", "POST")),
              "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    EXPECT_EQ(signature(asked("/?Param2=value2&Param1=value1")),
              "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    http::aws_request form = asked("/", "POST");
    form.fields.add("Content-Type", "application/x-www-form-urlencoded");
    form.content_hash = http::aws_hash("Param1=value1");
    EXPECT_EQ(signature(form), "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}

// The example of the reference: "Task 1" to "Task 3", ListUsers.
TEST(aws_signature, goes_step_by_step_as_the_reference_does) {
    http::aws_request what{.target = "/?Action=ListUsers&Version=2010-05-08",
                           .content_hash = http::aws_hash("")};
    what.fields.add("X-Amz-Date", "20150830T123600Z");
    what.fields.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    what.fields.add("Host", "iam.amazonaws.com");
    const aws_scope by{.region = "us-east-1", .service = "iam"};
    EXPECT_EQ(http::aws_canonical_request(what, by),
              "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
              "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
              "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
              "content-type;host;x-amz-date\n"
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(http::aws_string_to_sign(what, by),
              "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
              "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
    EXPECT_EQ(http::aws_authorization(what, by, suite_key, suite_secret),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

// "Signature Calculations for the Authorization Header", the examples of S3.
TEST(aws_signature, is_that_of_the_examples_of_s3) {
    const aws_scope by{.region = "us-east-1", .service = "s3"};
    const auto of = [&by](std::string target, std::string method, http::fields more,
                          std::string_view content = "") {
        http::aws_request what{.method = std::move(method),
                               .target = std::move(target),
                               .fields = std::move(more),
                               .content_hash = http::aws_hash(content)};
        what.fields.add("Host", "examplebucket.s3.amazonaws.com");
        what.fields.add("x-amz-content-sha256", what.content_hash);
        what.fields.add("x-amz-date", "20130524T000000Z");
        return signature(what, by, "AKIAIOSFODNN7EXAMPLE",
                         "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    };
    http::fields range;
    range.add("Range", "bytes=0-9");
    EXPECT_EQ(of("/test.txt", "GET", range),
              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    http::fields stored;
    stored.add("Date", "Fri, 24 May 2013 00:00:00 GMT");
    stored.add("x-amz-storage-class", "REDUCED_REDUNDANCY");
    EXPECT_EQ(of("/test%24file.text", "PUT", stored, "Welcome to Amazon S3."),
              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    EXPECT_EQ(of("/?lifecycle", "GET", {}),
              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    EXPECT_EQ(of("/?max-keys=2&prefix=J", "GET", {}),
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

std::string path_of(std::string target, const aws_scope& by) {
    std::string text = http::aws_canonical_request(asked(std::move(target)), by).substr(4);
    return text.substr(0, text.find('\n'));
}
std::string query_of(std::string query) {
    std::string text = http::aws_canonical_request(asked("/?" + query), suite).substr(6);
    return text.substr(0, text.find('\n'));
}

TEST(aws_signature, has_one_form_of_each_path) {
    EXPECT_EQ(path_of("/a//b/./c/../d/", suite), "/a/b/d/");
    EXPECT_EQ(path_of("/..", suite), "/");
    EXPECT_EQ(path_of("", suite), "/");
    EXPECT_EQ(path_of("/a%20b", suite), "/a%2520b");
    const aws_scope s3{.region = "r", .service = "s3"};
    EXPECT_EQ(path_of("/a//b/./c%20d", s3), "/a//b/./c%20d");
}

TEST(aws_signature, has_one_form_of_each_query) {
    EXPECT_EQ(query_of("b=2&a=1&a=0&c"), "a=0&a=1&b=2&c=");
    EXPECT_EQ(query_of("a=%7e%2f/&&b=c=d&e=f+g%2bh"), "a=~%2F%2F&b=c%3Dd&e=f%20g%2Bh");
    EXPECT_EQ(query_of("%41=1"), "A=1");
    EXPECT_EQ(query_of(""), "");
}

TEST(aws_signature, has_one_form_of_each_field) {
    http::aws_request what = asked("/");
    what.fields.add("my-header2", "\"a   b   c\"");
    what.fields.add("My-Header1", "value4");
    what.fields.add("my-header1", "value1");
    EXPECT_THAT(http::aws_canonical_request(what, suite),
                HasSubstr("\nmy-header1:value4,value1\nmy-header2:\"a b c\"\nx-amz-date:"));
    EXPECT_THAT(http::aws_canonical_request(what, suite),
                HasSubstr("\nhost;my-header1;my-header2;x-amz-date\n"));
}

TEST(aws_signature, signs_for_others_by_their_names) {
    const aws_scope by = aws_scope::parse("Osc:api:eu:Read", host::parse("a.example"));
    http::aws_request what{.content_hash = http::aws_hash("")};
    what.fields.add("X-Api-Date", "20150830T123600Z");
    EXPECT_THAT(http::aws_string_to_sign(what, by),
                StartsWith("OSC4-HMAC-SHA256\n20150830T123600Z\n20150830/eu/Read/osc4_request\n"));
}

TEST(aws_signature, refuses_to_sign_without_a_date) {
    for (const char* const each : {"", "20150830", "20150830T123600", "20150830 123600Z",
                                   "2015083OT123600Z", "20150830T123600ZZ"}) {
        http::aws_request what = asked("/");
        what.fields.set("X-Amz-Date", each);
        EXPECT_THROW((void)signature(what), std::invalid_argument) << each;
    }
    EXPECT_EQ(http::aws_date(std::chrono::sys_seconds(1369353600s)), "20130524T000000Z");
    EXPECT_EQ(http::aws_date(std::chrono::sys_seconds(1440938160s)), "20150830T123600Z");
}

TEST(aws_scope, is_read_as_curl_has_it) {
    const host where = host::parse("ec2.eu-west-1.amazonaws.com");
    const aws_scope whole{
        .provider = "aws", .vendor = "amz", .region = "eu-west-1", .service = "ec2"};
    EXPECT_EQ(aws_scope::parse("aws:amz", where), whole);
    EXPECT_EQ(aws_scope::parse("aws:amz:eu-west-1", where), whole);
    EXPECT_EQ(aws_scope::parse("aws:amz:eu-west-1:ec2", host::parse("127.0.0.1")), whole);
    EXPECT_EQ(aws_scope::parse("aws", where).vendor, "aws");
    for (const char* const each :
         {"", ":", "aws:", "a:b:c:d:e", "a:b:c/d:e", "a:b::d", "a b:c:d:e"})
        EXPECT_THROW((void)aws_scope::parse(each, where), std::invalid_argument) << each;
    for (const char* const each : {"localhost", "a.example", "127.0.0.1", "[::1]"})
        EXPECT_THROW((void)aws_scope::parse("aws:amz", host::parse(each)), std::invalid_argument);
}

}  // namespace
