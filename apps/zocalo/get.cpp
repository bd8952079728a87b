// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "command.hpp"
#include "fetch/file_name.hpp"
#include "fetch/mirror.hpp"
#include "fetch/option_file.hpp"
#include "fetch/transfers.hpp"
#include "fetch/url_pattern.hpp"

namespace zocalo::program {

namespace {

/// In what follows `data:` nothing is a pattern.
std::vector<matched_url> urls_of(const std::string& typed, bool as_it_is) {
    if (as_it_is || is_local(typed)) return {{typed, {}}};
    return matches_of(typed);
}

/// The file for what a URL stands for: its -o, or with -O what was typed as its name.
std::string output_of(const get_request& request, const matched_url& what, std::size_t number) {
    if (number < request.outputs.size()) {
        const std::string& given = request.outputs[number];
        return request.no_patterns ? given : name_with(given, what.parts);
    }
    const bool is_typed = request.remote_name && !request.header_name && !is_local(what.url);
    return is_typed ? typed_name(what.url) : std::string();
}

void get(get_request& request, context& shared) {
    make_content(request.content);
    transfers all(request, shared);
    const std::string& file = request.content.upload;
    const auto add = [&](const matched_url& what, std::size_t number) {
        const std::string url = url_of(what.url);
        all.add(request, file.empty() || is_gopher(url) ? url : upload_url(file, url),
                output_of(request, what, number), number);
    };
    std::size_t number = 0;
    for (const std::string& typed : request.urls) {
        for (const matched_url& each : urls_of(typed, request.no_patterns))
            add(each, number);
        ++number;
    }
    for (const std::string& each : request.listed)
        add({each, {}}, number++);
    all.run();
    all.report();
}

}  // namespace

void add_get(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "get",
        "Fetch URLs: http, https, gopher, gophers, file and data; with curl's options",
        {{"get https://example.org/", "print a page"},
         {"get -O -L https://example.org/file.tar.gz", "into file.tar.gz, wherever that is now"},
         {"get -i -H 'Accept: text/plain' http://localhost:8080/", "with the fields of the answer"},
         {"get --json '{\"name\": \"Ada\"}' https://example.org/people", "post JSON"},
         {"get -F 'picture=@cat.png' https://example.org/upload", "send a form with a file"},
         {"get -C - -O https://example.org/image.iso", "go on where it was broken off"},
         {"get --segments 4 -O https://example.org/image.iso", "in four parts at once"},
         {"get -Z -O https://example.org/a https://example.org/b", "both at once"},
         {"get -r -Z https://example.org/docs/", "a folder, and all below it"},
         {"get -r --convert-links gopher://gopher.example/1/docs", "likewise, to be shown again"},
         {"get --page-requisites --span-hosts --adjust-extension --convert-links "
          "https://example.org/",
          "one page, to be looked at without a network"},
         {"get -r --spider https://example.org/", "which links of a site lead nowhere"},
         {"get -u ada https://example.org/private", "log in; the password is asked for"},
         {"get gopher://gopher.floodgap.com/", "a Gopher menu, as it is sent"},
         {"get --json-report - -o /dev/null https://example.org/", "how long each step took"}});
    const auto request = std::make_shared<get_request>();
    add_get_options(command, *request);
    add_option_file(command);
    command.callback([request, &shared] {
        if (request->spider && !request->recursive)
            request->head_only = request->drops_content = request->fail = true;
        if (request->reach.requisites && !request->recursive)
            request->recursive = request->only_page = true;
        if (request->recursive)  // where nothing is a pattern
            request->urls.insert(request->urls.end(), request->listed.begin(),
                                 request->listed.end());
        check(*request);
        if (request->recursive) {
            mirror(*request, shared).run();
        } else {
            get(*request, shared);
        }
    });
}

}  // namespace zocalo::program
