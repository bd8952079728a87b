// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <iostream>
#include <memory>
#include <string>

#include "command.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_board.hpp"
#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "relay/interruptible.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"

namespace zocalo::program {

namespace {

/// -v says what happens, line by line, on the same terminal.
transfer_board::style style_of(const web_options& options, const context& shared) {
    using style = transfer_board::style;
    if (options.silent || options.no_meter || shared.verbosity != 0) return style::none;
    return options.bar ? style::bar : style::meter;
}

/// All URLs of one command line.
class fetching {
 public:
    fetching(const get_request& request, context& shared)
        : request_(request),
          shared_(shared),
          with_(request, request.compressed),
          board_(meters_, style_of(request, shared)) {
        (void)body_of(request.content);       // says now what is wrong with it,
        (void)formatted(request.format, {});  // and with that
        for (std::size_t i = 0; i < request.urls.size(); ++i) {
            std::string url = url_of(request.urls[i]);
            transfer_meter& meter = meters_.emplace_back();
            meter.name = without_user(url);
            std::string output = i < request.outputs.size() ? request.outputs[i] : std::string();
            all_.emplace_back(with_, request_, shared_, std::move(url), std::move(output), meter);
        }
    }

    io::task<> run() {
        io::task<> drawing = board_.run();
        io::task<> body = start();
        io::task<> fetching_all = scope_.run(std::move(body));
        co_await io::any(std::move(fetching_all), std::move(drawing));
        board_.settle();
        io::task<> saving = with_.save_cookies();
        co_await std::move(saving);
    }

    void report() const {
        if (request_.report.empty()) return;
        std::vector<transfer_report> told;
        for (const transfer& each : all_)
            told.push_back(each.report());
        if (request_.report == "-") {
            std::cout << json_report(told);
            return;
        }
        auto file = create_file(request_.report);
        file << json_report(told);
        flush(file, request_.report);
    }

 private:
    static std::string without_user(const std::string& url) {
        return url::uri::parse(url).to_string();
    }

    io::task<> start() {
        for (transfer& each : all_) {
            io::task<io::semaphore::permit> waiting = slots_.acquire();
            io::semaphore::permit mine = co_await std::move(waiting);
            scope_.spawn(one(each, std::move(mine)));
        }
    }

    io::task<> one(transfer& what, io::semaphore::permit) {
        io::task<> running = what.run();
        co_await std::move(running);
        finish(what.report());
    }

    void finish(const transfer_report& told) {
        board_.settle();
        if (told.code != exit_code::ok) shared_.status = told.code;
        const bool is_quiet = request_.silent && !request_.show_error;
        if (!told.error.empty() && !is_quiet) std::cerr << fmt::format("zocalo: {}\n", told.error);
        if (!request_.format.empty()) std::cout << formatted(request_.format, told) << std::flush;
    }

    const get_request& request_;
    context& shared_;
    session with_;
    std::deque<transfer_meter> meters_;
    transfer_board board_;
    std::deque<transfer> all_;
    io::semaphore slots_{request_.parallel ? request_.parallel_most : 1};
    io::scope scope_;
};

void get(const get_request& request, context& shared) {
    interruptible loop;
    fetching all(request, shared);
    const auto work = [](fetching& what, io::event& stop) -> io::task<> {
        co_await io::any(what.run(), stop.wait());
    };
    loop.run(work(all, loop.stop()));
    all.report();
}

}  // namespace

void add_get(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "get", "Fetch URLs: http, https, gopher and gophers; with curl's options",
        {{"get https://example.org/", "print a page"},
         {"get -O -L https://example.org/file.tar.gz", "into file.tar.gz, wherever that is now"},
         {"get -i -H 'Accept: text/plain' http://localhost:8080/", "with the fields of the answer"},
         {"get --json '{\"name\": \"Ada\"}' https://example.org/people", "post JSON"},
         {"get -F 'picture=@cat.png' https://example.org/upload", "send a form with a file"},
         {"get -C - -O https://example.org/image.iso", "go on where it was broken off"},
         {"get --segments 4 -O https://example.org/image.iso", "in four parts at once"},
         {"get -Z -O https://example.org/a https://example.org/b", "both at once"},
         {"get -u ada https://example.org/private", "log in; the password is asked for"},
         {"get gopher://gopher.floodgap.com/", "a Gopher menu, as it is sent"},
         {"get --json-report - -o /dev/null https://example.org/", "how long each step took"}});
    const auto request = std::make_shared<get_request>();
    add_get_options(command, *request);
    command.callback([request, &shared] {
        check(*request);
        get(*request, shared);
    });
}

}  // namespace zocalo::program
