// SPDX-License-Identifier: MIT
#include "zocalo/io/process.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/process.hpp"
#include "sys/spawn.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/pipe.hpp"

namespace zocalo::io {

namespace {

/// What a program gets, and what we keep.
struct ends {
    unique_fd theirs;
    unique_fd ours;
};

ends make_pipe(bool we_write) {
    int both[2] = {-1, -1};
    if (const int result = sys::pipe(both); result < 0) net::fail("open a pipe", result);
    ends made{unique_fd(both[0]), unique_fd(both[1])};
    if (!we_write) std::swap(made.theirs, made.ours);
    return made;
}

unique_fd owned(int made, int number) {
    if (made < 0) net::fail("standard descriptor " + std::to_string(number), made);
    return unique_fd(made);
}

unique_fd duplicate(int fd, int number) {
    return owned(sys::dup(fd), number);
}

ends connect_standard(standard where, int number, const net::socket* connection = nullptr) {
    if (connection != nullptr) return {duplicate(connection->fileno(), number), unique_fd()};
    if (where == standard::pipe) return make_pipe(number == 0);
    if (where == standard::inherit) return {duplicate(number, number), unique_fd()};
    return {owned(sys::open("/dev/null", O_RDWR), number), unique_fd()};
}

std::string_view name_of(std::string_view setting) {
    return setting.substr(0, setting.find('='));
}

/// Ours, with the new ones in place of those of the same name.
std::vector<std::string> environment_with(const std::vector<std::string>& settings) {
    std::vector<std::string> all;
    for (char** each = sys::environment(); each != nullptr && *each != nullptr; ++each) {
        const bool replaced = std::ranges::any_of(settings, [&](const std::string& setting) {
            return name_of(setting) == name_of(*each);
        });
        if (!replaced) all.emplace_back(*each);
    }
    all.insert(all.end(), settings.begin(), settings.end());
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        if (text.find('\0') != std::string::npos) {
            throw std::invalid_argument("process: a NUL in " + quoted(text));
        }
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

stream stream_over(unique_fd fd) {
    return fd ? open_descriptor(std::move(fd)) : stream();
}

/// Two pipes as one connection.
class pipes final : public transport {
 public:
    pipes(stream from, stream to) : from_(std::move(from)), to_(std::move(to)) {}

    task<chunk> read() override { co_return co_await from_.read(); }
    task<std::size_t> read_some(mutable_buffer into) override {
        co_return co_await from_.read_some(into);
    }
    task<> write(std::span<const const_buffer> pieces) override { co_await to_.write(pieces); }
    task<> finish() override {
        to_.close();
        co_return;
    }

 private:
    stream from_;
    stream to_;
};

int status_from(int raw) {
    return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

}  // namespace

process::process(const std::vector<std::string>& arguments, const process_options& options) {
    if (arguments.empty()) throw std::invalid_argument("process: no program");
    std::vector<std::string> words = arguments;
    std::vector<std::string> settings =
        options.only_that_environment ? options.environment : environment_with(options.environment);
    if (options.folder.find('\0') != std::string::npos)
        throw std::invalid_argument("process: a NUL in " + quoted(options.folder));
    const std::vector<char*> word_pointers = pointers_to(words);
    const std::vector<char*> setting_pointers = pointers_to(settings);
    ends in_ends = connect_standard(options.in, 0, options.connection);
    ends out_ends = connect_standard(options.out, 1, options.connection);
    ends err_ends = connect_standard(options.err, 2);

    id_ = sys::spawn({.file = words.front().c_str(),
                      .arguments = word_pointers.data(),
                      .environment = setting_pointers.data(),
                      .in = in_ends.theirs.get(),
                      .out = out_ends.theirs.get(),
                      .err = err_ends.theirs.get(),
                      .folder = options.folder.empty() ? nullptr : options.folder.c_str(),
                      .own_group = options.with_offspring});
    with_offspring_ = options.with_offspring;
    if (id_ < 0) net::fail("start " + quoted(words.front()), std::exchange(id_, -1));
    // From here on it is this object's to end: the destructor of a half-made one would not run.
    const int watch = sys::pidfd_open(id_);
    if (watch < 0) {
        end();
        net::fail("watch " + quoted(words.front()), watch);
    }
    ended_ = readiness(unique_fd(watch));
    in = stream_over(std::move(in_ends.ours));
    out = stream_over(std::move(out_ends.ours));
    err = stream_over(std::move(err_ends.ours));
}

process::process(process&& other) noexcept
    : in(std::move(other.in)),
      out(std::move(other.out)),
      err(std::move(other.err)),
      id_(std::exchange(other.id_, -1)),
      with_offspring_(other.with_offspring_),
      status_(other.status_),
      ended_(std::move(other.ended_)) {}

process& process::operator=(process&& other) noexcept {
    if (this == &other) return *this;
    end();
    in = std::move(other.in);
    out = std::move(other.out);
    err = std::move(other.err);
    id_ = std::exchange(other.id_, -1);
    with_offspring_ = other.with_offspring_;
    status_ = other.status_;
    ended_ = std::move(other.ended_);
    return *this;
}

process::~process() {
    end();
}

void process::end() noexcept {
    if (id_ < 0 || status_ >= 0) return;
    sys::kill(with_offspring_ ? -id_ : id_, SIGKILL);
    int raw = 0;
    sys::waitpid(id_, &raw, 0);
    status_ = status_from(raw);
}

stream process::take_connection() {
    return stream(std::make_unique<pipes>(std::move(out), std::move(in)));
}

task<int> process::wait() {
    while (status_ < 0) {
        auto end = ended_.readable();
        co_await end;
        reap();
    }
    co_return status_;
}

void process::reap() {
    int raw = 0;
    const int reaped = sys::waitpid(id_, &raw, WNOHANG);
    if (reaped < 0) net::fail("wait for process " + std::to_string(id_), reaped);
    if (reaped > 0) status_ = status_from(raw);
}

void process::signal(int number) {
    if (id_ < 0 || status_ >= 0) return;
    if (const int result = sys::kill(id_, number); result < 0) {
        net::fail("signal process " + std::to_string(id_), result);
    }
}

}  // namespace zocalo::io
