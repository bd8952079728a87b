// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/http/mount.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"

namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

/// A folder of programs, and a site that runs them.
class cgi_place : public testing::Test {
 protected:
    void SetUp() override {
        how.folder = programs.path();
        how.complaint = [this](const http::exchange&, std::string_view line) {
            complaints += std::string(line) + "\n";
        };
    }
    void add(const std::string& name, const std::string& script, bool may_run = true) const {
        std::ofstream(programs.file(name)) << "#!/bin/sh\n" << script;
        if (may_run)
            std::filesystem::permissions(programs.file(name), std::filesystem::perms{0755});
    }
    std::string ask(const std::string& says) const {
        http::site site;
        site.failed = [this](const http::exchange&, const std::exception_ptr& error) {
            reasons += zocalo::tests::text_of(error) + "\n";
        };
        site.filters = {http::under(how.prefix, http::cgi(how))};
        serve::server running(site.handler());
        std::string hears;
        io::loop loop;
        loop.run(zocalo::tests::with_server(
            running, [&](serve::server&, net::endpoint where) -> io::task<> {
                io::stream peer = co_await io::connect(where);
                co_await peer.write(says);
                io::task<std::string> reading = zocalo::tests::read_all(peer);
                hears = co_await std::move(reading);
            }));
        return hears;
    }
    std::string get(const std::string& path, const std::string& fields = {}) const {
        return ask("GET " + path + " HTTP/1.1\r\nHost: example.org:80\r\nConnection: close\r\n" +
                   fields + "\r\n");
    }
    std::string post(const std::string& path, const std::string& content) const {
        return ask("POST " + path +
                   " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
                   std::to_string(content.size()) + "\r\n\r\n" + content);
    }

    zocalo::tests::folder programs;
    http::cgi_options how;
    std::string complaints;
    mutable std::string reasons;  ///< of what went wrong here
};

TEST_F(cgi_place, tells_a_program_what_was_asked_and_nothing_else) {
    add("env", "echo 'Content-Type: text/plain'\necho\nenv | sort\necho \"args: $# in $(pwd)\"\n");
    ::setenv("ZOCALO_TEST_SECRET", "sesame", 1);
    how.environment = {"GIVEN=yes", "SERVER_SOFTWARE=mine"};
    const std::string said = get("/cgi-bin/env/a%20b/c?x=1&y",
                                 "Proxy: evil\r\nAuthorization: Basic eDp5\r\n"
                                 "X-Two: 1\r\nX-Two: 2\r\nX_Two: 3\r\nCookie: a\r\n");
    ::unsetenv("ZOCALO_TEST_SECRET");
    EXPECT_THAT(said, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"));
    for (const char* each :
         {"\nGATEWAY_INTERFACE=CGI/1.1\n", "\nSCRIPT_NAME=/cgi-bin/env\n", "\nPATH_INFO=/a b/c\n",
          "\nQUERY_STRING=x=1&y\n", "\nREQUEST_METHOD=GET\n", "\nREMOTE_ADDR=127.0.0.1\n",
          "\nSERVER_NAME=example.org\n", "\nSERVER_PROTOCOL=HTTP/1.1\n", "\nHTTP_X_TWO=1, 2\n",
          "GIVEN=yes\n", "\nSERVER_SOFTWARE=mine\n", "\nHTTP_COOKIE=a\n"})
        EXPECT_THAT(said, HasSubstr(each));
    EXPECT_THAT(said,
                HasSubstr("args: 0 in " + std::filesystem::canonical(programs.path()).string()));
    for (const char* each : {"sesame", "HTTP_PROXY", "AUTHORIZATION", "LD_"})
        EXPECT_THAT(said, Not(HasSubstr(each)));
}

TEST_F(cgi_place, gives_a_program_the_content) {
    add("cat", "echo 'Content-Type: text/plain'\necho\ncat\n");
    const std::string large(300'000, 'x');
    EXPECT_THAT(post("/cgi-bin/cat", "hello"), EndsWith("hello\r\n0\r\n\r\n"));
    EXPECT_GT(post("/cgi-bin/cat", large).size(), large.size());
    const std::string larger(5'000'000, 'y');
    EXPECT_GT(post("/cgi-bin/cat", larger).size(), larger.size());
    how.ahead = 100'000;
    EXPECT_GT(post("/cgi-bin/cat", larger).size(), larger.size());
    add("deaf", "exec <&-\necho 'Content-Type: text/plain'\necho\necho done\n");
    EXPECT_THAT(post("/cgi-bin/deaf", large), HasSubstr("done\n"));
}

TEST_F(cgi_place, keeps_content_whole_that_a_program_reads_late) {
    add("late", "sleep 0.3\necho 'Content-Type: text/plain'\necho\nmd5sum\n");
    std::string content;
    for (int i = 0; content.size() < 3'000'000; ++i)
        content += std::to_string(i) + "\n";
    how.ahead = 200'000;
    const std::string all = post("/cgi-bin/late", content);
    how.ahead = 10'000'000;
    const std::string in_memory = post("/cgi-bin/late", content);
    const auto sum = [](const std::string& said) { return said.substr(said.find("\r\n\r\n")); };
    EXPECT_EQ(sum(all), sum(in_memory));
    EXPECT_THAT(all, HasSubstr("  -\n"));
}

TEST_F(cgi_place, says_where_a_path_would_be_among_the_files) {
    add("env", "echo 'Content-Type: text/plain'\necho\nenv\n");
    how.documents = "/srv/site/";
    EXPECT_THAT(get("/cgi-bin/env/a%20b/c"), HasSubstr("PATH_TRANSLATED=/srv/site/a b/c\n"));
    for (const char* each : {"/cgi-bin/env", "/cgi-bin/env/..%2f..%2fetc"})
        EXPECT_THAT(get(each), Not(HasSubstr("PATH_TRANSLATED"))) << each;
    how.documents.clear();
    EXPECT_THAT(get("/cgi-bin/env/a"), Not(HasSubstr("PATH_TRANSLATED")));
}

TEST_F(cgi_place, passes_on_what_a_program_says) {
    add("gone", "printf 'Status: 410 Gone Away\\r\\nContent-Length: 3\\r\\n\\r\\nbye'\n");
    EXPECT_THAT(get("/cgi-bin/gone"),
                testing::AllOf(StartsWith("HTTP/1.1 410 Gone Away\r\n"),
                               HasSubstr("Content-Length: 3\r\n"), EndsWith("\r\n\r\nbye")));
    add("there", "echo 'Location: /elsewhere'\necho\n");
    EXPECT_THAT(get("/cgi-bin/there"),
                testing::AllOf(StartsWith("HTTP/1.1 302 "), HasSubstr("Location: /elsewhere\r\n")));
    add("none", "echo 'Status: 204'\necho\necho ignored\n");
    EXPECT_THAT(get("/cgi-bin/none"), EndsWith("\r\n\r\n"));
}

TEST_F(cgi_place, answers_for_programs_that_make_no_sense) {
    add("silent", "");
    add("rude", "echo hello\necho\n");
    add("endless", "yes 'X: y'\n");
    add("two", "printf 'Content-Type: a\\nContent-Length: 1\\nContent-Length: 2\\n\\n'\n");
    for (const char* each : {"silent", "rude", "endless", "two"})
        EXPECT_THAT(get(std::string("/cgi-bin/") + each), StartsWith("HTTP/1.1 502 ")) << each;
    EXPECT_EQ(reasons,
              "a program's answer: no head\na program's answer: no field: \"hello\"\n"
              "a program's answer: too large a head\na program's answer: two of Content-Length\n");
    add("nobody", "echo 'Content-Type: a'\necho\n", false);
    EXPECT_THAT(get("/cgi-bin/nobody"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(cgi_place, breaks_off_what_a_program_did_not_end) {
    add("killed", "echo 'Content-Type: text/plain'\necho\necho part\nkill -9 $$\n");
    add("short", "printf 'Content-Type: a\\nContent-Length: 9\\n\\npart'\n");
    add("long", "printf 'Content-Type: a\\nContent-Length: 2\\n\\nall of it'\n");
    EXPECT_THAT(get("/cgi-bin/killed"), EndsWith("part\n\r\n"));
    EXPECT_THAT(get("/cgi-bin/short"), EndsWith("\r\n\r\npart"));
    EXPECT_THAT(get("/cgi-bin/long"), Not(EndsWith("all of it")));
}

TEST_F(cgi_place, ends_what_takes_too_long_with_all_that_it_has_started) {
    add("slow", "sleep 100 &\necho $! > pids\necho $$ >> pids\nwait\n");
    how.within = 300ms;
    EXPECT_THAT(get("/cgi-bin/slow"), StartsWith("HTTP/1.1 504 "));
    std::ifstream pids(programs.file("pids"));
    int lines = 0;
    for (std::string pid; std::getline(pids, pid); ++lines) {
        const std::string at = "/proc/" + pid + "/cmdline";
        std::ifstream file(at);
        std::string command;
        std::getline(file, command);
        EXPECT_EQ(command, "") << pid;
    }
    EXPECT_EQ(lines, 2);
}

TEST_F(cgi_place, passes_whole_responses_on) {
    add("nph-own",
        "printf 'HTTP/1.0 299 Mine\\r\\nX-A: b\\r\\nConnection: keep-alive\\r\\n\\r\\nran'\n");
    add("nph-cgi", "echo 'Content-Type: text/plain'\necho\necho ran\n");
    add("nph-chunks", "printf 'HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\n0\\n\\n'\n");
    const std::string got = get("/cgi-bin/nph-own/more");
    EXPECT_THAT(got, StartsWith("HTTP/1.1 299 Mine\r\n"));
    EXPECT_THAT(got, HasSubstr("X-A: b\r\n"));
    EXPECT_THAT(got, HasSubstr("ran"));
    EXPECT_THAT(got, Not(HasSubstr("keep-alive")));
    EXPECT_THAT(get("/cgi-bin/nph-cgi"), StartsWith("HTTP/1.1 502 "));
    EXPECT_THAT(get("/cgi-bin/nph-chunks"), StartsWith("HTTP/1.1 502 "));
}

TEST_F(cgi_place, runs_nothing_but_what_is_there) {
    add("prog", "echo 'Content-Type: text/plain'\necho\necho ran\n");
    add(".hidden", "echo 'Content-Type: text/plain'\necho\necho ran\n");
    std::filesystem::create_symlink("/bin/date", programs.file("date"));
    std::filesystem::create_directory(programs.file("sub"));
    add("sub/prog", "echo 'Content-Type: text/plain'\necho\necho sub\n");
    EXPECT_THAT(get("/cgi-bin/prog"), HasSubstr("ran"));
    EXPECT_THAT(get("/cgi-bin/sub/prog/more"), HasSubstr("sub"));
    for (const char* each :
         {"/cgi-bin", "/cgi-bin/", "/cgi-bin/none", "/cgi-bin/.hidden", "/cgi-bin/date",
          "/cgi-bin/sub", "/cgi-bin/../bin/date", "/cgi-bin/sub/../prog", "/cgi-bin/sub%2fprog",
          "/cgi-bin//bin/date", "/cgi-bin/%2e%2e/prog"})
        EXPECT_THAT(get(each), StartsWith("HTTP/1.1 404 ")) << each;
    EXPECT_THAT(get("/cgi-bin/prog%00.sh"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(get("/cgi-bin/prog%zz"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(cgi_place, has_limits) {
    add("cat", "echo 'Content-Type: text/plain'\necho\ncat\n");
    how.longest = 4;
    EXPECT_THAT(post("/cgi-bin/cat", "hello"), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask("POST /cgi-bin/cat HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 411 "));
}

TEST_F(cgi_place, hears_complaints_on_lines_of_their_own) {
    add("sad", "printf 'one\\033[2J\\ntwo' >&2\necho 'Content-Type: a'\necho\nsleep 0.2\n");
    (void)get("/cgi-bin/sad");
    EXPECT_EQ(complaints, "one\\x1b[2J\ntwo\n");
}

TEST_F(cgi_place, has_one_program_answer_for_everything) {
    add("app", "echo 'Content-Type: text/plain'\necho\necho \"$SCRIPT_NAME|$PATH_INFO\"\n");
    how.folder.clear();
    how.program = programs.file("app");
    how.prefix = "/";
    EXPECT_THAT(get("/a/b"), HasSubstr("|/a/b\n"));
    how.prefix = "/app";
    EXPECT_THAT(get("/app"), HasSubstr("/app|\n"));
}

TEST_F(cgi_place, refuses_options_that_make_no_sense) {
    EXPECT_THROW((void)http::cgi({}), std::invalid_argument);
    EXPECT_THROW((void)http::cgi({.folder = "/", .program = "/bin/date"}), std::invalid_argument);
    EXPECT_THROW((void)http::cgi({.folder = "/", .prefix = "x"}), std::invalid_argument);
    EXPECT_THROW((void)http::cgi({.folder = "/no/such/folder"}), std::system_error);
}

}  // namespace
