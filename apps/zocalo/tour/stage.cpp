// SPDX-License-Identifier: MIT
#include "tour/stage.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto patience = 10s;

/// Beside this program where it was built, or where it was installed.
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    if (name == "zocalo") return self;
    const auto here = self.parent_path();
    const auto libexec = here.parent_path() / "libexec" / "zocalo";
    for (const auto& folder : {here / "examples", libexec / "examples"}) {
        if (std::filesystem::exists(folder / name)) return folder / name;
    }
    throw went_wrong(fmt::format("the program {} has not been built: it should be {}", name,
                                 (here / "examples" / name).string()));
}

io::task<> feed(io::stream& into, std::string_view input) {
    co_await into.write(input);
    into.close();
}

/// As a shell would want it to be typed.
std::string shown(const std::string& argument) {
    const bool is_plain =
        !argument.empty() && argument.find_first_of(" '\"$&;|*") == std::string::npos;
    return is_plain ? argument : "'" + argument + "'";
}

std::string command_line(const std::string& name, const std::vector<std::string>& arguments,
                         std::string_view input) {
    std::string line;
    if (!input.empty()) line = fmt::format("printf '{}' | ", escaped(input));
    line += std::filesystem::path(name).filename();
    for (const std::string& argument : arguments)
        line += " " + shown(argument);
    return line;
}

}  // namespace

actor& stage::start(const std::string& name, const std::vector<std::string>& arguments,
                    std::string_view input) {
    constexpr painter::tone tones[] = {painter::tone::first, painter::tone::second,
                                       painter::tone::third};
    std::vector<std::string> all{find_program(name)};
    all.insert(all.end(), arguments.begin(), arguments.end());
    painter_.command(command_line(name, arguments, input));

    auto who =
        std::make_unique<actor>(actor{.name = std::filesystem::path(name).filename(),
                                      .tone = tones[actors_.size() % std::size(tones)],
                                      .process = io::process(all, {.err = io::standard::pipe})});
    who->voices[0].from = &who->process.out;
    who->voices[1].from = &who->process.err;
    loop_.run(feed(who->process.in, input));
    return *actors_.emplace_back(std::move(who));
}

io::task<> stage::read(actor& who, voice& from) {
    const io::chunk bytes = co_await from.from->read();
    from.silent = bytes.empty();
    from.rest += bytes.text();
    if (from.silent && !from.rest.empty()) from.rest += '\n';
    said(who, from);
}

/// Shows the lines that are complete.
void stage::said(actor& who, voice& from) {
    for (auto end = from.rest.find('\n'); end != std::string::npos; end = from.rest.find('\n')) {
        std::string line = from.rest.substr(0, end);
        if (line.ends_with('\r')) line.pop_back();
        painter_.said(who.name, line, who.tone);
        who.unheard.push_back(std::move(line));
        from.rest.erase(0, end + 1);
    }
}

/// Until somebody says something, or for so long.
io::task<> stage::listen(std::chrono::milliseconds longest) {
    std::vector<io::task<>> all;
    all.push_back(io::detail::as_task(io::sleep(longest)));
    for (const auto& who : actors_) {
        for (voice& from : who->voices) {
            if (!from.silent) all.push_back(read(*who, from));
        }
    }
    co_await io::any(io::any(std::move(all)), loop_.stop().wait());
}

void stage::pump(std::chrono::milliseconds longest) {
    loop_.run(listen(longest));
}

std::string stage::hears(actor& who, std::string_view text) {
    const auto until = clock::now() + patience;
    for (;;) {
        const auto found = std::ranges::find_if(who.unheard, [&](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
        if (found != who.unheard.end()) {
            std::string line = std::move(*found);
            who.unheard.erase(found);
            return line;
        }
        if (who.is_silent() || clock::now() > until) {
            throw went_wrong(fmt::format("{} should have said \"{}\"", who.name, text));
        }
        pump(100ms);
    }
}

io::task<> stage::wait_for_status(actor& who) {
    who.status = co_await io::timeout(patience, who.process.wait());
}

void stage::wait_for_end(actor& who) {
    const auto until = clock::now() + patience;
    while (!who.is_silent() && clock::now() < until)
        pump(100ms);
    try {
        loop_.run(wait_for_status(who));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        throw went_wrong(who.name + " should have ended");
    }
    if (*who.status != 0) {
        throw went_wrong(fmt::format("{} ended with the exit code {}", who.name, *who.status));
    }
}

void stage::ends(actor& who) {
    wait_for_end(who);
}

void stage::dismiss(actor& who) {
    pump(0ms);
    who.process.signal(io::signals::interrupt);
    wait_for_end(who);
}

std::uint16_t stage::free_port(std::uint16_t wanted, bool udp) {
    const net::listen_options options{.family = net::family::inet,
                                      .type = udp ? net::type::datagram : net::type::stream};
    try {
        return net::create_server({"", wanted}, options).local_endpoint().port();
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::address_in_use) throw;
    }
    const auto other = net::create_server({"", 0}, options).local_endpoint().port();
    painter_.note(fmt::format("port {} is taken on this machine, so port {}", wanted, other));
    return other;
}

}  // namespace zocalo::program
