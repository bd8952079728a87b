// SPDX-License-Identifier: MIT
// Ten thousand bad networks: no text that was cut off is ever taken for whole.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "support/disturbance.hpp"
#include "support/folder.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/gopher/gopher.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

/// Says the same text to everybody.
class one_text final : public gopher::service {
 public:
    explicit one_text(std::string text) : text_(std::move(text)) {}
    io::task<> answer(const gopher::request&, gopher::reply& to) override {
        co_await to.begin_text();
        for (std::size_t at = 0; at < text_.size(); at += 100)
            co_await to.write(std::string_view(text_).substr(at, 100));
        co_await to.finish();
    }

 private:
    std::string text_;
};

io::task<> serve_text(net::endpoint where, std::string text) {
    serve::server server(gopher::talk(std::make_shared<one_text>(std::move(text))));
    const net::endpoint listening = co_await server.listen(where);
    (void)listening;
    co_await server.run();
}

io::task<std::optional<gopher::answer>> try_once(net::endpoint where) {
    gopher::client_options options;
    options.within = 20s;
    const gopher::client client(options);
    const gopher::location there{
        .host = where.ip().to_string(), .port = where.port(), .type = gopher::item_type::text};
    try {
        gopher::answer got = co_await client.fetch(there);
        co_return got;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return std::nullopt;
    }
}

/// Lines with dots where they hurt.
std::string any_text(sim::random& chance) {
    std::string text;
    for (std::uint64_t lines = chance.below(60); lines > 0; --lines) {
        text += std::string(chance.below(4), '.');
        text += std::string(chance.below(30), 'x');
        text += '\n';
    }
    return text;
}

TEST(simulation, takes_no_part_for_the_whole) {
    std::uint64_t whole = 0;
    std::uint64_t parts = 0;
    sim::for_seeds(zocalo::tests::parts_of_seeds * zocalo::tests::seeds_of_part,
                   [&](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& server = world.host("server");
                       sim::host& client = world.host("client");
                       const std::string text = any_text(world.random());
                       server.on_start([&] { return serve_text(server.at(7070), text); });
                       zocalo::tests::disturb(world, server, client, 200ms);
                       const auto got = client.run(try_once(server.at(7070)));
                       if (!got) return;
                       (got->complete ? whole : parts) += 1;
                       if (got->complete) {
                           EXPECT_EQ(got->data, text);
                       } else {
                           EXPECT_LE(got->data.size(), text.size());
                       }
                   },
                   {.failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(whole, 0U);
        EXPECT_GT(parts, 0U);
    }
}

}  // namespace
