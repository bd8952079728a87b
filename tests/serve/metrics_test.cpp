// SPDX-License-Identifier: MIT
#include "zocalo/serve/metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace serve = zocalo::serve;

serve::counters all_different() {
    return {.accepted = 1,
            .refused_address = 2,
            .refused_rate = 3,
            .refused_by_owner = 4,
            .handled = 5,
            .failed = 6,
            .timed_out = 7,
            .evicted = 8,
            .cut_off = 9,
            .exhausted = 10,
            .bytes_received = 11,
            .bytes_sent = 12,
            .active = 13};
}

TEST(metrics, show_every_counter_once) {
    std::istringstream text(serve::to_prometheus(all_different(), "http"));
    std::set<std::string> values;
    std::size_t lines = 0;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("# ")) continue;
        ++lines;
        EXPECT_NE(line.find("{server=\"http\""), std::string::npos) << line;
        values.insert(line.substr(line.rfind(' ') + 1));
    }
    EXPECT_EQ(lines, 13);
    EXPECT_EQ(values.size(), 13);
}

TEST(metrics, have_the_form_that_is_wanted) {
    const std::string text = serve::to_prometheus(all_different(), "http");
    EXPECT_EQ(text.find("# HELP zocalo_connections_accepted_total Connections taken, those turned "
                        "away too.\n"
                        "# TYPE zocalo_connections_accepted_total counter\n"
                        "zocalo_connections_accepted_total{server=\"http\"} 1\n"),
              0);
    EXPECT_NE(text.find("\nzocalo_connections_refused_total{server=\"http\",reason=\"rate\"} 3\n"),
              std::string::npos);
    EXPECT_NE(text.find("# TYPE zocalo_connections_active gauge\n"
                        "zocalo_connections_active{server=\"http\"} 13\n"),
              std::string::npos);
    EXPECT_EQ(text.back(), '\n');
}

/// The lines of a page that begin alike.
std::vector<std::string> lines_with(const std::string& page, std::string_view beginning) {
    std::istringstream text(page);
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(beginning)) found.push_back(line);
    }
    return found;
}

TEST(metrics, of_several_servers_stand_in_one_page) {
    serve::counters other = all_different();
    other.accepted = 100;
    const std::string page = serve::to_prometheus({{"http", all_different()}, {"go\"pher", other}});
    const std::vector<std::string> helps = lines_with(page, "# HELP ");
    EXPECT_EQ(std::set(helps.begin(), helps.end()).size(), helps.size());
    EXPECT_EQ(lines_with(page, "# TYPE ").size(), helps.size());
    // All of one metric stand together, behind its help.
    EXPECT_NE(page.find("# TYPE zocalo_connections_accepted_total counter\n"
                        "zocalo_connections_accepted_total{server=\"http\"} 1\n"
                        "zocalo_connections_accepted_total{server=\"go\\\"pher\"} 100\n"
                        "# HELP "),
              std::string::npos)
        << page;
    EXPECT_EQ(lines_with(page, "zocalo_").size(), 2 * 13U);
}

TEST(metrics, escape_what_a_server_is_called) {
    EXPECT_EQ(serve::prometheus_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
}

TEST(counters, add_up) {
    const serve::counters sum = all_different() + all_different();
    EXPECT_EQ(sum.accepted, 2);
    EXPECT_EQ(sum.refused_by_owner, 8);
    EXPECT_EQ(sum.bytes_sent, 24);
    EXPECT_EQ(sum.active, 26);
}

}  // namespace
