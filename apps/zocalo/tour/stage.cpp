// SPDX-License-Identifier: MIT
#include "tour/stage.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "sys/file.hpp"
#include "sys/process.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/listen.hpp"

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

struct pipe_ends {
    unique_fd read;
    unique_fd write;
};

pipe_ends open_pipe() {
    int ends[2];
    if (const int error = sys::pipe(ends); error < 0) {
        throw std::system_error(-error, std::system_category(), "open a pipe");
    }
    return {unique_fd(ends[0]), unique_fd(ends[1])};
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

    auto [out, out_end] = open_pipe();
    auto [err, err_end] = open_pipe();
    auto [in_end, in] = open_pipe();
    // It is shorter than a pipe is long, so that this cannot wait.
    sys::write(in.get(), input.data(), input.size());
    in.reset();
    sys::set_nonblocking(out.get(), true);
    sys::set_nonblocking(err.get(), true);
    auto who = std::make_unique<actor>(
        actor{.name = std::filesystem::path(name).filename(),
              .tone = tones[actors_.size() % std::size(tones)],
              .process = child(all, {in_end.get(), out_end.get(), err_end.get()}),
              .voices = {{std::move(out)}, {std::move(err)}}});
    return *actors_.emplace_back(std::move(who));
}

void stage::read(actor& who, voice& from) {
    char bytes[4096];
    const auto size = sys::read(from.pipe.get(), bytes, sizeof bytes);
    if (size == -EAGAIN) return;
    if (size <= 0) {
        from.silent = true;
        if (from.rest.empty()) return;
        from.rest += '\n';
    } else {
        from.rest.append(bytes, static_cast<std::size_t>(size));
    }
    for (auto end = from.rest.find('\n'); end != std::string::npos; end = from.rest.find('\n')) {
        std::string line = from.rest.substr(0, end);
        if (line.ends_with('\r')) line.pop_back();
        painter_.said(who.name, line, who.tone);
        who.unheard.push_back(std::move(line));
        from.rest.erase(0, end + 1);
    }
}

void stage::pump(std::chrono::milliseconds longest) {
    poll_set set;
    const auto stopped = set.add(stop_.fileno(), POLLIN);
    struct place {
        actor* who;
        voice* from;
        std::size_t index;
    };
    std::vector<place> places;
    for (const auto& who : actors_) {
        for (voice& from : who->voices) {
            if (!from.silent)
                places.push_back({who.get(), &from, set.add(from.pipe.get(), POLLIN)});
        }
    }
    set.wait(longest);
    if (set.ready(stopped)) {
        throw net::stopped(std::make_error_code(std::errc::operation_canceled), "the tour");
    }
    for (const place& place : places) {
        if (set.ready(place.index)) read(*place.who, *place.from);
    }
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

void stage::wait_for_end(actor& who) {
    const auto until = clock::now() + patience;
    while (!who.is_silent() || !who.process.poll_status()) {
        if (clock::now() > until) throw went_wrong(who.name + " should have ended");
        pump(who.is_silent() ? 2ms : 100ms);
    }
    if (const int status = *who.process.poll_status(); status != 0) {
        throw went_wrong(fmt::format("{} ended with the exit code {}", who.name, status));
    }
}

void stage::ends(actor& who) {
    wait_for_end(who);
}

void stage::dismiss(actor& who) {
    pump(0ms);
    who.process.signal(SIGINT);
    wait_for_end(who);
}

stage::~stage() {
    for (const auto& who : actors_) {
        if (who->process.poll_status()) continue;
        who->process.signal(SIGKILL);
        who->process.wait_status();
    }
}

std::uint16_t stage::free_port(std::uint16_t wanted, bool udp) {
    const net::listen_options options{.family = net::family::inet,
                                      .type = udp ? net::type::datagram : net::type::stream,
                                      .reuse_address = !udp};
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
