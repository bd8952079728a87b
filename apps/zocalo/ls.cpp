// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "command.hpp"
#include "fetch/folder_list.hpp"
#include "fetch/option_file.hpp"
#include "fetch/session.hpp"
#include "file.hpp"
#include "relay/interruptible.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

struct ls_request : web_options {
    std::string url;
    bool is_long = false;
};

constexpr std::size_t longest_list = std::size_t{64} << 20;

io::task<folder_list> list_of_web(session& with, std::string url) {
    http::request asked = with.request_for(url);
    if (!asked.fields.contains("Accept"))
        asked.fields.set("Accept", "application/json, text/html;q=0.9");
    io::task<http::response_stream> opening = with.http().open(std::move(asked));
    http::response_stream answer = co_await std::move(opening);
    if (!is_success(answer.status())) throw http::error_response(answer.status(), answer.url());
    std::string type(answer.fields().get("Content-Type"));
    type.resize(std::min(type.find_first_of("; "), type.size()));
    const bool is_json = type == "application/json";
    if (!is_json && type != "text/html")
        throw protocol_error(answer.url() + ": no list of a folder, but " + quoted(type));
    io::task<std::string> reading = answer.content(longest_list);
    const std::string content = co_await std::move(reading);
    co_return is_json ? list_in_json(content, answer.url()) : list_in_page(content, answer.url());
}

io::task<folder_list> list_of_gopher(session& with, std::string url) {
    const gopher::location where = gopher::location::parse(url);
    io::task<gopher::menu> asking = with.gopher().menu(where);
    const gopher::menu items = co_await std::move(asking);
    co_return list_in_menu(items, where);
}

std::string name_of(const listed_entry& of) {
    return escaped(of.name, 4096) + (of.is_folder() ? "/" : "");
}

void print_long(const folder_list& all) {
    const auto size_of = [](const listed_entry& each) {
        return each.size ? std::to_string(*each.size) : std::string("-");
    };
    std::size_t widest = 1;
    for (const listed_entry& each : all.entries)
        widest = std::max(widest, size_of(each).size());
    constexpr std::size_t date = 20;
    for (const listed_entry& each : all.entries) {
        const std::string when = each.modified.empty() ? "-" : escaped(each.modified, date);
        std::cout << fmt::format("{:>{}}  {:<{}}  {:<6}  {}\n", size_of(each), widest, when, date,
                                 escaped(each.kind, 20), name_of(each));
    }
}

void print_json(const folder_list& all) {
    using nlohmann::json;
    json list = json::array();
    for (const listed_entry& each : all.entries) {
        json one{{"name", escaped(each.name, 4096)},
                 {"type", escaped(each.kind)},
                 {"url", escaped(each.url, 4096)}};
        if (each.size) one["size"] = *each.size;
        if (!each.modified.empty()) one["modified"] = escaped(each.modified);
        list.push_back(std::move(one));
    }
    std::cout << list.dump(2) << '\n';
}

void print(const ls_request& request, const context& shared, const folder_list& all) {
    if (shared.json) {
        print_json(all);
    } else if (request.is_long) {
        print_long(all);
    } else {
        for (const listed_entry& each : all.entries)
            std::cout << name_of(each) << '\n';
    }
    flush_output();
    if (!all.is_complete) std::cerr << "zocalo: the server has more than it shows\n";
}

void ls(const ls_request& request, const context& shared) {
    const std::string url = url_of(request.url);
    session with(request, true);
    if (is_gopher(url)) with.admit(url);
    folder_list found;
    interruptible loop;
    const auto ask = [&]() -> io::task<> {
        io::task<folder_list> listing =
            is_gopher(url) ? list_of_gopher(with, url) : list_of_web(with, url);
        io::task<folder_list> limited = io::timeout(request.within, std::move(listing));
        found = co_await std::move(limited);
    };
    const auto work = [&]() -> io::task<> { co_await io::any(ask(), loop.stop().wait()); };
    loop.run(work());
    print(request, shared, found);
}

}  // namespace

void add_ls(CLI::App& program, context& shared) {
    auto& command = new_command(program, shared, "ls", "List a folder over HTTP, or a Gopher menu",
                                {{"ls http://localhost:8080/", "the names in it"},
                                 {"ls -l http://localhost:8080/docs/", "with sizes and dates"},
                                 {"ls --json gopher://localhost:7070/", "for programs"}});
    const auto request = std::make_shared<ls_request>();
    command
        .add_option("url", request->url,
                    "A folder of `zocalo serve`, or a page with links to what is in the folder, as "
                    "other servers show it; a menu of Gopher")
        ->required();
    command.add_flag("-l,--long", request->is_long, "With sizes, dates and kinds");
    add_json_option(command, shared);
    add_web_options(command, *request);
    add_option_file(command);
    request->follow = true;
    command.callback([request, &shared] { ls(*request, shared); });
}

}  // namespace zocalo::program
