// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/url/uri.hpp"

/// Rows that say what RFC 6265bis makes of a cookie: whether it is taken from a URL, and whether it
/// goes to another. It is noon on 21 November 2026.
namespace zocalo::tests::cookies {

using relation = http::cookie_target::relation;

enum verdict : char {
    refused = 'R',
    sent = 'S',  ///< taken, and sent to the other URL
    kept = 'K',  ///< taken, and not sent there
};

struct row {
    std::string by;    ///< the URL that sets it
    std::string said;  ///< Set-Cookie
    std::string to;    ///< the URL that is asked then
    verdict expected;
};

inline verdict find(const row& each, relation set_by = relation::same_site,
                    relation sent_by = relation::same_site) {
    using namespace std::chrono;
    const sys_seconds now = sys_days(year(2026) / 11 / 21) + hours(12);
    http::cookie_jar jar;
    auto by = http::cookie_target::of(url::uri::parse(each.by));
    by.asked_by = set_by;
    if (jar.set(by, {{"Set-Cookie", each.said}}, now) != 1) return refused;
    auto to = http::cookie_target::of(url::uri::parse(each.to));
    to.asked_by = sent_by;
    return jar.get(to, now).empty() ? kept : sent;
}

template <std::size_t Count>
void check(const row (&rows)[Count]) {
    for (const row& each : rows)
        EXPECT_EQ(find(each), each.expected) << each.by << " " << each.said << " " << each.to;
}

}  // namespace zocalo::tests::cookies
