// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "zocalo/http/fields.hpp"
#include "zocalo/url/host.hpp"

/// Requests that are signed as Amazon's services want them (AWS Signature Version 4), which others
/// took over.
///
/// http::client signs by itself: login::scheme::aws_sigv4. This is for those who send requests by
/// other ways.
namespace zocalo::http {

/// What a signature is good for.
struct aws_scope {
    std::string provider = "aws";  ///< of the algorithm's name and of `aws4_request`
    std::string vendor = "amz";    ///< of the names of fields: `X-Amz-Date`
    std::string region = {};       ///< `us-east-1`
    std::string service = {};      ///< `s3`

    /// Reads `PROVIDER[:VENDOR[:REGION[:SERVICE]]]`, as curl's --aws-sigv4 has it. The vendor that
    /// is missing is the provider; service and region are the first two labels of the host.
    ///
    /// Throws std::invalid_argument for another text, and when `who` does not have them.
    static aws_scope parse(std::string_view text, const url::host& who);

    friend bool operator==(const aws_scope&, const aws_scope&) = default;
};

/// What is signed of a request.
struct aws_request {
    std::string method = "GET";
    std::string target = "/";  ///< as it is sent: `/path?query`
    /// Those that are signed: `Host` and `X-Amz-Date` at least. Names in any case and order.
    http::fields fields = {};
    /// aws_hash() of the content, or aws_unsigned.
    std::string content_hash = {};
};

/// In place of the hash of content that nobody has read before it is sent. Only S3 takes that.
inline constexpr std::string_view aws_unsigned = "UNSIGNED-PAYLOAD";

/// SHA-256 in hexadecimal digits.
[[nodiscard]] std::string aws_hash(std::string_view content);

/// The name of a field of theirs: `X-Amz-Date` for `Date`.
[[nodiscard]] std::string aws_field(const aws_scope& by, std::string_view name);

/// `20130524T000000Z`, what `X-Amz-Date` says.
[[nodiscard]] std::string aws_date(std::chrono::sys_seconds when);

/// The request in the form that both ends sign: method, path, query, fields, their names, and the
/// hash of the content.
///
/// The path of S3 is taken as it is; that of other services without `.`, `..` and empty segments,
/// and escaped once more. Of the query, names and values are escaped in one way, and sorted.
[[nodiscard]] std::string aws_canonical_request(const aws_request& what, const aws_scope& by);

/// What the key is used on: the date, the scope, and the hash of the request in that form.
///
/// Throws std::invalid_argument when the request has no date, or one in another form.
[[nodiscard]] std::string aws_string_to_sign(const aws_request& what, const aws_scope& by);

/// The value of Authorization: who signs, by the public part of the key, which fields, and the
/// signature.
///
/// Throws as aws_string_to_sign() does.
[[nodiscard]] std::string aws_authorization(const aws_request& what, const aws_scope& by,
                                            std::string_view key, std::string_view secret);

}  // namespace zocalo::http
