// SPDX-License-Identifier: MIT
#include "fetch/transfers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "relay/interruptible.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

/// -v says what happens, line by line, on the same terminal.
transfer_board::style style_of(const web_options& options, const context& shared) {
    using style = transfer_board::style;
    if (options.silent || options.no_meter || shared.verbosity != 0) return style::none;
    return options.bar ? style::bar : style::meter;
}

std::string without_user(const std::string& url) {
    constexpr std::size_t enough = 60;
    if (is_local(url)) return escaped(url, enough);  // data: may be long, and file: has no user
    return url::uri::parse(url).to_string();
}

}  // namespace

transfers::transfers(const get_request& options, context& shared)
    : options_(options),
      shared_(shared),
      format_(options.format),
      with_(options, options.compressed),
      board_(meters_, style_of(options, shared)),
      slots_(options.parallel ? options.parallel_most : 1) {
    if (shared.verbosity != 0)
        with_.hear([&shared](const std::string& line) { say(shared, 1, line); });
    for (const std::string& each : format_.unknown())
        say(shared, 0, "-w: no variable " + quoted(each));
    if (!options.heads.empty() && options.heads != "-") (void)create_file(options.heads);
}

void transfers::add(const get_request& what, std::string url, std::string output,
                    std::optional<std::size_t> number) {
    if (number) numbers_.emplace(all_.size(), *number);
    add(url, [&](session& with, transfer_meter& meter) {
        return std::make_unique<transfer>(with, what, shared_, std::move(url), std::move(output),
                                          meter);
    });
}

void transfers::add(const std::string& url, const maker& make) {
    transfer_meter& meter = meters_.emplace_back();
    meter.name = without_user(url);
    all_.push_back(make(with_, meter));
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
    if (last) {
        io::task<> ending = last();
        co_await std::move(ending);
    }
    io::task<> saving = with_.save();
    co_await std::move(saving);
}

io::task<> transfers::start() {
    if (first) {
        io::task<> beginning = first(with_);
        co_await std::move(beginning);
    }
    while (next_ < all_.size() || under_way_ != 0) {
        if (next_ == all_.size()) {
            changed_.reset();
            co_await changed_.wait();
            continue;
        }
        io::task<io::semaphore::permit> waiting = slots_.acquire();
        io::semaphore::permit mine = co_await std::move(waiting);
        co_await keep_pause();
        if (next_ == all_.size()) continue;  // dropped meanwhile
        ++under_way_;
        scope_.spawn(one(next_++, std::move(mine)));
    }
}

io::task<> transfers::keep_pause() {
    using clock = std::chrono::steady_clock;
    if (pause.count() == 0) co_return;
    const clock::time_point now = clock::now();
    const auto wait = began_ ? *began_ + pause - now : clock::duration::zero();
    began_ = now + std::max(wait, clock::duration::zero());
    if (wait > clock::duration::zero()) co_await io::sleep(wait);
}

io::task<> transfers::one(std::size_t which, io::semaphore::permit) {
    bool is_wanted = true;
    if (before) {
        io::task<bool> asking = before(*all_[which], with_);
        is_wanted = co_await std::move(asking);
    }
    if (is_wanted) {
        io::task<> running = all_[which]->run();
        co_await std::move(running);
        finish(which);
    } else {
        all_[which].reset();
    }
    --under_way_;
    changed_.set();
}

void transfers::finish(std::size_t which) {
    const std::unique_ptr<transfer> what = std::move(all_[which]);
    transfer_report told = what->report();
    const auto number = numbers_.find(which);
    told.number = number == numbers_.end() ? which : number->second;
    tell(told);
    if (ended) ended(*what);
    if (!options_.report.empty()) reports_.emplace(which, std::move(told));
}

void transfers::tell(const transfer_report& of) {
    board_.settle();
    if (of.code != exit_code::ok) shared_.status = of.code;
    if (of.code != exit_code::ok && options_.fail_early) drop_rest();
    const bool is_quiet = options_.silent && !options_.show_error;
    if (!of.error.empty() && !is_quiet) std::cerr << fmt::format("zocalo: {}\n", of.error);
    if (options_.format.empty()) return;
    const written_out text = format_.about(of);
    std::cerr << text.error << std::flush;
    std::cout << text.output << std::flush;
}

void transfers::report() const {
    if (options_.report.empty()) return;
    std::vector<transfer_report> told;
    for (const auto& [number, each] : reports_)
        told.push_back(each);
    if (options_.report == "-") {
        std::cout << json_report(told);
        return;
    }
    auto file = create_file(options_.report);
    file << json_report(told);
    flush(file, options_.report);
}

}  // namespace zocalo::program
