// SPDX-License-Identifier: MIT
#include "fetch/transfers.hpp"

#include <fmt/core.h>

#include <iostream>
#include <utility>
#include <vector>

#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "relay/interruptible.hpp"
#include "zocalo/io/any.hpp"

namespace zocalo::program {

namespace {

/// -v says what happens, line by line, on the same terminal.
transfer_board::style style_of(const web_options& options, const context& shared) {
    using style = transfer_board::style;
    if (options.silent || options.no_meter || shared.verbosity != 0) return style::none;
    return options.bar ? style::bar : style::meter;
}

std::string without_user(const std::string& url) {
    return url::uri::parse(url).to_string();
}

}  // namespace

transfers::transfers(const get_request& options, context& shared)
    : options_(options),
      shared_(shared),
      with_(options, options.compressed),
      board_(meters_, style_of(options, shared)),
      slots_(options.parallel ? options.parallel_most : 1) {
    (void)formatted(options.format, {});  // says now what is wrong with it
}

void transfers::add(const get_request& what, std::string url, std::string output) {
    transfer_meter& meter = meters_.emplace_back();
    meter.name = without_user(url);
    all_.emplace_back(with_, what, shared_, std::move(url), std::move(output), meter);
}

void transfers::run() {
    interruptible loop;
    const auto work = [](transfers& what, io::event& stop) -> io::task<> {
        co_await io::any(what.run_all(), stop.wait());
    };
    loop.run(work(*this, loop.stop()));
}

io::task<> transfers::run_all() {
    io::task<> drawing = board_.run();
    io::task<> body = start();
    io::task<> fetching_all = scope_.run(std::move(body));
    co_await io::any(std::move(fetching_all), std::move(drawing));
    board_.settle();
    io::task<> saving = with_.save_cookies();
    co_await std::move(saving);
}

io::task<> transfers::start() {
    for (transfer& each : all_) {
        io::task<io::semaphore::permit> waiting = slots_.acquire();
        io::semaphore::permit mine = co_await std::move(waiting);
        scope_.spawn(one(each, std::move(mine)));
    }
}

io::task<> transfers::one(transfer& what, io::semaphore::permit) {
    io::task<> running = what.run();
    co_await std::move(running);
    finish(what.report());
}

void transfers::finish(const transfer_report& told) {
    board_.settle();
    if (told.code != exit_code::ok) shared_.status = told.code;
    const bool is_quiet = options_.silent && !options_.show_error;
    if (!told.error.empty() && !is_quiet) std::cerr << fmt::format("zocalo: {}\n", told.error);
    if (!options_.format.empty()) std::cout << formatted(options_.format, told) << std::flush;
}

void transfers::report() const {
    if (options_.report.empty()) return;
    std::vector<transfer_report> told;
    for (const transfer& each : all_)
        told.push_back(each.report());
    if (options_.report == "-") {
        std::cout << json_report(told);
        return;
    }
    auto file = create_file(options_.report);
    file << json_report(told);
    flush(file, options_.report);
}

}  // namespace zocalo::program
