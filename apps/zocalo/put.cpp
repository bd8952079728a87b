// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "command.hpp"
#include "fetch/option_file.hpp"
#include "fetch/transfers.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

struct put_request : get_request {
    std::vector<std::string> words;  // files, and where to
    bool no_clobber = false;
};

void put(put_request request, context& shared) {
    const std::string url = url_of(request.words.back());
    if (is_gopher(url)) throw std::invalid_argument("Gopher takes no files");
    const std::size_t count = request.words.size() - 1;
    if (count > 1 && upload_url("name", url) == url)
        throw std::invalid_argument("several files need a folder, a URL that ends in /: " +
                                    quoted(url));
    if (request.no_clobber) request.fields.emplace_back("If-None-Match: *");
    std::deque<get_request> each;
    transfers all(request, shared);
    for (std::size_t i = 0; i < count; ++i) {
        get_request& one = each.emplace_back(request);
        one.content.upload = request.words[i];
        all.add(one, upload_url(request.words[i], url));
    }
    all.run();
    all.report();
}

}  // namespace

void add_put(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "put", "Upload files with PUT: http and https; with curl's options",
        {{"put letter.txt http://localhost:8080/letters/", "as letter.txt in that folder"},
         {"put letter.txt http://localhost:8080/other.txt", "under another name"},
         {"tar c . | zocalo put - http://localhost:8080/all.tar", "what comes from a pipe"},
         {"put -Z --no-clobber *.jpg http://localhost:8080/", "all at once, replacing nothing"}});
    const auto request = std::make_shared<put_request>();
    command
        .add_option("file", request->words,
                    "The files, - for standard input, and the URL; one that ends in / is a folder")
        ->required()
        ->expected(2, -1);
    command
        .add_flag("--no-clobber", request->no_clobber,
                  "Replace nothing (If-None-Match: *); what is there already is an error then")
        ->group("Request");
    request->fail = request->drops_content = true;
    add_report_options(command, *request);
    add_transfer_options(command, *request);
    add_web_options(command, *request);
    add_option_file(command);
    command.callback([request, &shared] { put(*request, shared); });
}

}  // namespace zocalo::program
