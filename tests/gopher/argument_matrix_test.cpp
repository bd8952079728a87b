// SPDX-License-Identifier: MIT
// Every argument that reaches the wire, with every character that could begin a line of its own
// (threats I1, I11): it is refused before anything is sent.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "zocalo/gopher/gopher.hpp"
#include "zocalo/url/quote.hpp"

namespace {

namespace gopher = zocalo::gopher;
namespace url = zocalo::url;
using text = const std::string&;

/// Nobody listens there.
gopher::location nowhere(gopher::request asked, gopher::item_type type = gopher::item_type::text) {
    return {.host = "127.0.0.1", .port = 70, .type = type, .request = std::move(asked)};
}
const gopher::client& asks() {
    static const gopher::client client;
    return client;
}

const struct {
    const char* name;
    std::function<void(text)> use;
} arguments[] = {
    {"selector of a line", [](text t) { (void)gopher::to_line(gopher::request{.selector = t}); }},
    {"search of a line",
     [](text t) { (void)gopher::to_line(gopher::request{.selector = {}, .search = t}); }},
    {"plus of a line",
     [](text t) {
         (void)gopher::to_line(gopher::request{.selector = {}, .search = {}, .plus = "+" + t});
     }},
    {"name of an item", [](text t) { (void)gopher::to_line(gopher::item{.name = t}); }},
    {"selector of an item",
     [](text t) { (void)gopher::to_line(gopher::item{.name = {}, .selector = t}); }},
    {"host of an item",
     [](text t) { (void)gopher::to_line(gopher::item{.name = {}, .selector = {}, .host = t}); }},
    {"information", [](text t) { (void)gopher::to_line(gopher::info(t)); }},
    {"selector", [](text t) { (void)asks().fetch(nowhere({.selector = t})).get(); }},
    {"selector of a menu",
     [](text t) { (void)asks().menu(nowhere({.selector = t}, gopher::item_type::menu)).get(); }},
    {"selector of a text", [](text t) { (void)asks().text(nowhere({.selector = t})).get(); }},
    {"selector of attributes",
     [](text t) { (void)asks().attributes(nowhere({.selector = t})).get(); }},
    {"words", [](text t) { (void)asks().search(nowhere({}, gopher::item_type::search), t).get(); }},
    {"selector of a URL", [](text t) { (void)asks().fetch("gopher://127.0.0.1/0" + t).get(); }},
    {"escaped selector of a URL",
     [](text t) { (void)asks().fetch("gopher://127.0.0.1/0" + url::quote(t)).get(); }},
    {"escaped words of a URL",
     [](text t) { (void)asks().fetch("gopher://127.0.0.1/7a%09" + url::quote(t)).get(); }},
    {"host of a URL", [](text t) { (void)asks().fetch("gopher://" + t + "/0").get(); }},
    {"host",
     [](text t) {
         auto where = nowhere({});
         where.host = t;
         (void)asks().fetch(where).get();
     }},
};

TEST(argument_matrix, begins_no_line) {
    for (const auto& each : arguments) {
        for (const std::string& bad :
             {std::string("a\rb"), std::string("a\nb"), std::string("a\r\nb"),
              std::string("a\0b", 3), std::string("\r\n"), std::string("\0", 1),
              std::string("x\r\nMAIL FROM:<a@b>\r\n")})
            EXPECT_THROW(each.use(bad), std::invalid_argument)
                << each.name << " " << url::quote(bad);
    }
}

}  // namespace
