// SPDX-License-Identifier: MIT
// Uploads through bad networks, to servers that crash and from clients that do: a file is there
// whole or as it was before, and what was promised to be there is there after a loss of power.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/disturbance.hpp"
#include "support/folder.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/folder.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

/// What the client has tried in one world, and what the server has seen of it.
struct ledger {
    std::vector<std::string> contents;        ///< of each upload
    std::map<std::string, std::size_t> sure;  ///< the last upload of a name that was confirmed
    std::map<std::string, int> posts_heard;   ///< by their number
};

/// All uploads have different contents, so that a mixture of two is none.
std::string any_content(sim::random& chance, std::size_t number) {
    std::string text = std::to_string(number) + ":";
    for (std::uint64_t lines = chance.below(200); lines > 0; --lines)
        text += std::to_string(number * 1000 + lines) + "\r\n";
    return text;
}

/// What is served in all worlds, for to begin it takes a table of types. It writes into the ledger
/// of the present one.
struct uploads {
    explicit uploads(const std::string& folder) {
        http::folder_options options{.path = folder};
        options.upload.allowed = true;
        options.upload.overwrite = true;
        http::add_folder(site.routes, options);
        site.filters.emplace_back([this](http::exchange& asked, const http::rest_of_site& rest) {
            if (asked.request().method == http::method::post)
                ++book->posts_heard[std::string(asked.request().fields.get("X-Number"))];
            return rest(asked);
        });
    }

    http::site site;
    ledger* book = nullptr;
};

io::task<> serve_folder(net::endpoint where, const uploads& what) {
    serve::server server(what.site.handler());
    const net::endpoint listening = co_await server.listen(where);
    (void)listening;
    co_await server.run();
}

/// In pieces, with pauses; as much as `gives_up_at`, where that is less.
http::body written(std::string text, bool in_chunks, std::size_t gives_up_at) {
    const http::content_size size = in_chunks ? http::content_size() : text.size();
    const auto write = [text = std::move(text), gives_up_at](http::body_writer& to) -> io::task<> {
        for (std::size_t at = 0; at < text.size(); at += 400) {
            if (at >= gives_up_at) throw std::runtime_error("given up");
            co_await to.write(std::string_view(text).substr(at, 400));
            co_await io::sleep(5ms);
        }
    };
    return http::body::stream(write, size);
}

/// An upload of that number: PUT in some way, or the POST of a form.
http::request any_upload(sim::random& chance, const std::string& base, const std::string& name,
                         const ledger& book) {
    const std::size_t number = book.contents.size() - 1;
    const std::string& text = book.contents.back();
    http::request what{.method = http::method::put, .url = base + name};
    what.fields.add("X-Number", std::to_string(number));
    switch (chance.below(5)) {
        case 0: {
            http::multipart_form form("boundary-of-the-test");
            form.add_file("file", name, text);
            what.method = http::method::post;
            what.url = base;
            what.body = http::body(form.to_string(), form.content_type());
            break;
        }
        case 1:
            what.body = http::body(text);
            break;
        case 2:
            what.body = written(text, chance.below(2) == 0, chance.below(text.size()));
            break;
        default:
            what.body = written(text, chance.below(2) == 0, text.size());
    }
    return what;
}

struct outcome {
    int kept = 0;
    int failed = 0;
    int gone = 0;  ///< clients that went down meanwhile
};

io::task<> upload_often(sim::random& chance, net::endpoint where, ledger& book, outcome& came) {
    http::client_options options;
    options.within = 20s;
    options.connect_within = 10s;
    http::client asks(options);
    const std::string base = "http://" + where.to_string() + "/";
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string name = chance.below(2) == 0 ? "there.txt" : "other.txt";
        book.contents.push_back(any_content(chance, i));
        bool is_kept = false;
        try {
            io::task<http::response> asking = asks.request(any_upload(chance, base, name, book));
            const http::response got = co_await std::move(asking);
            is_kept = http::is_success(got.status);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::exception&) {
            is_kept = false;
        }
        if (is_kept) book.sure[name] = i;
        ++(is_kept ? came.kept : came.failed);
        co_await io::sleep(20ms);
    }
}

/// The files of a disk and what is in them.
io::task<std::map<std::string, std::string>> all_of(sim::disk& from) {
    std::map<std::string, std::string> all;
    for (const std::string& name : from.names()) {
        std::string text = co_await from.read(name);
        all[name] = std::move(text);
    }
    co_return all;
}

/// Every file is one of the uploads, whole; and none is older than what was confirmed.
void check(const std::map<std::string, std::string>& left, const ledger& book) {
    std::map<std::string, std::size_t> newest;
    for (const auto& [path, text] : left) {
        const auto found = std::find(book.contents.begin(), book.contents.end(), text);
        ASSERT_NE(found, book.contents.end()) << path << ": " << text;
        const std::string name = path.substr(path.rfind('/') + 1);
        const auto number = static_cast<std::size_t>(found - book.contents.begin());
        newest[name] = std::max(newest[name], number);
    }
    for (const auto& [name, number] : book.sure) {
        ASSERT_TRUE(newest.contains(name)) << name << " was confirmed and is not there";
        EXPECT_GE(newest[name], number) << name;
    }
    for (const auto& [number, times] : book.posts_heard)
        EXPECT_EQ(times, 1) << "the form " << number;
}

void run_one(sim::world& world, uploads& served, outcome& all) {
    world.set_link(sim::any_link(world.random()));
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
    ledger book;
    served.book = &book;
    server.on_start([&] { return serve_folder(server.at(8080), served); });
    zocalo::tests::disturb(world, server, client, 300ms);
    if (world.random().below(8) == 0)
        world.after(world.random().up_to(300ms), [&] { client.crash(); });
    try {
        client.run(upload_often(world.random(), server.at(8080), book, all));
    } catch (const net::stopped&) {
        ++all.gone;
    }
    world.run_for(300ms);  // whatever is to go wrong has gone wrong
    if (server.is_up()) check(server.run(all_of(server.disk())), book);
    if (server.is_up()) server.crash();
    server.restart();
    check(server.run(all_of(server.disk())), book);
}

class upload_simulation : public testing::TestWithParam<std::uint64_t> {};

/// The names are looked up in a real folder, where one of the two is; the files are made on the
/// simulated disk.
TEST_P(upload_simulation, leaves_no_half_of_a_file_and_keeps_what_it_has_confirmed) {
    const zocalo::tests::folder real;
    std::ofstream(real.file("there.txt")) << "older";
    uploads served(real.path());
    outcome all;
    sim::for_seeds(zocalo::tests::seeds_of_part,
                   [&](sim::world& world) { run_one(world, served, all); },
                   {.first = 1 + GetParam() * zocalo::tests::seeds_of_part,
                    .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.kept, 0);
        EXPECT_GT(all.failed, 0);
        EXPECT_GT(all.gone, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(part, upload_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
