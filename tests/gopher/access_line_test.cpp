// SPDX-License-Identifier: MIT
// What a Gopher server tells of each request, whatever became of it.
#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/gopher/server.hpp"
#include "zocalo/io/loop.hpp"

namespace {

namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::ElementsAre;
using testing::HasSubstr;

struct told {
    std::vector<std::string> lines;
    std::vector<std::string> combined;
};

io::task<> say(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    co_await server.write(what);
    co_await server.finish();
    const std::string all = co_await zocalo::tests::read_all(server);
    EXPECT_TRUE(all.empty() || all.ends_with("\n")) << all;
}

io::task<> say_all(net::endpoint where, std::vector<std::string> what) {
    for (const std::string& each : what)
        co_await say(where, each);
}

told log_of(std::shared_ptr<gopher::service> with, const std::vector<std::string>& says) {
    told all;
    gopher::server_options how;
    how.answered = [&all](const std::optional<gopher::request>& asked, const gopher::reply& given) {
        const std::string line = gopher::access_line(asked, given).text();
        all.lines.push_back(line.substr(line.find("selector=")));
        const std::string entry = gopher::web_log_entry(asked, given).combined();
        all.combined.push_back(entry.substr(entry.find('"')));
    };
    serve::server running(gopher::talk(std::move(with), how));
    io::loop loop;
    loop.run(zocalo::tests::with_server(
        running, [&](serve::server&, net::endpoint where) { return say_all(where, says); }));
    return all;
}

TEST(access_line, tells_of_each_request) {
    const zocalo::tests::folder files;
    std::ofstream(files.file("a b.txt")) << "Hello\n";
    const told all = log_of(gopher::make_folder({.path = files.path()}),
                            {"/a b.txt\r\n", "\r\n", "/none\x1b[31m\r\n", "/a b.txt\twords\r\n", "",
                             "a\rb\r\n", std::string(5000, 'x')});
    EXPECT_THAT(all.lines,
                ElementsAre("selector=\"/a b.txt\" answer=ok size=10",
                            testing::StartsWith("selector=\"\" answer=ok size="),
                            testing::StartsWith(R"(selector="/none\x1b[31m" answer=error size=)"),
                            "selector=\"/a b.txt\" search=words answer=ok size=10",
                            testing::StartsWith("selector=- answer=error size="),
                            testing::StartsWith("selector=- answer=error size=")));
    EXPECT_EQ(all.combined[0], "\"/a b.txt\" 200 10 \"-\" \"-\"");
    EXPECT_THAT(all.combined[1], testing::StartsWith("\"/\" 200 "));
    EXPECT_THAT(all.combined[2], testing::StartsWith(R"("/none\x1b[31m" 404 )"));
    EXPECT_EQ(all.combined[3], "\"/a b.txt\\twords\" 200 10 \"-\" \"-\"");
    EXPECT_THAT(all.combined[4], testing::StartsWith("\"-\" 404 "));
}

class breaks_off final : public gopher::service {
 public:
    io::task<> answer(const gopher::request& /*asked*/, gopher::reply& to) override {
        co_await to.begin_text();
        co_await to.write("half\n");
        throw std::runtime_error("the file is gone");
    }
};

TEST(access_line, tells_of_what_was_broken_off) {
    const told all = log_of(std::make_shared<breaks_off>(), {"/x\r\n"});
    EXPECT_THAT(all.lines, ElementsAre("selector=/x answer=broken size=6"));
    EXPECT_EQ(all.combined[0], "\"/x\" 500 6 \"-\" \"-\"");
}

}  // namespace
