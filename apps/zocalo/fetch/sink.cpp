// SPDX-License-Identifier: MIT
#include "fetch/sink.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "file.hpp"
#include "relay/console.hpp"
#include "relay/filters.hpp"
#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/file_writer.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

/// So large pieces the kernel writes with half the processor time that those of a reader take.
constexpr std::size_t in_one_write = std::size_t{512} * 1024;

class output final : public sink {
 public:
    explicit output(bool raw)
        : stream_(standard_descriptor(1)), is_terminal_(!raw && sys::isatty(1) == 1) {}

    io::task<> write(const_buffer data) override {
        if (!is_terminal_) {
            io::task<> printing = print(data);
            co_await std::move(printing);
            co_return;
        }
        if (data.text().find('\0') != std::string_view::npos) {
            throw std::runtime_error(
                "binary content would upset the terminal: give it a file with -o FILE, or say that "
                "you want to see it with -o -");
        }
        std::string text(data.text());
        filter_(text, false);
        io::task<> printing = print(text);
        co_await std::move(printing);
    }

    io::task<> finish() override {
        std::string rest;
        if (is_terminal_) filter_(rest, true);
        if (rest.empty()) co_return;
        io::task<> printing = print(rest);
        co_await std::move(printing);
    }

 private:
    /// An error of ours speaks of no peer.
    io::task<> print(const_buffer data) {
        try {
            co_await stream_.write(data);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            throw file_error(error.code(), "write standard output");
        }
    }

    io::stream stream_;
    bool is_terminal_;
    terminal_filter filter_;
};

class whole_file final : public sink {
 public:
    whole_file(io::durable_file file, io::existing other) : file_(std::move(file)), other_(other) {
        file_.gather(in_one_write);
    }

    io::task<> write(const_buffer data) override { co_await file_.write(data); }
    io::task<> finish() override { co_await file_.keep(other_); }
    [[nodiscard]] std::string path() const override { return file_.path(); }

 private:
    io::durable_file file_;
    io::existing other_;
};

/// A device, a pipe; a file in a folder where no other one can be made.
class special_file final : public sink {
 public:
    explicit special_file(std::string path) : path_(std::move(path)), file_(create_file(path_)) {}

    io::task<> write(const_buffer data) override {
        file_ << data.text();
        flush(file_, path_);
        co_return;
    }
    io::task<> finish() override { co_return; }
    [[nodiscard]] std::string path() const override { return path_; }

 private:
    std::string path_;
    std::ofstream file_;
};

class nowhere final : public sink {
 public:
    io::task<> write(const_buffer) override { co_return; }
    io::task<> finish() override { co_return; }
};

class rest_of_file final : public sink {
 public:
    explicit rest_of_file(io::file file) : writer_(std::move(file)) {
        writer_.gather(in_one_write);
    }

    io::task<> write(const_buffer data) override { co_await writer_.write(data); }
    io::task<> finish() override {
        co_await writer_.flush();
        co_await writer_.contents().sync();
    }
    [[nodiscard]] std::string path() const override { return writer_.contents().path(); }

 private:
    io::file_writer writer_;
};

io::task<io::file> open_at(const std::string& path, std::uint64_t offset) {
    io::file_options how;
    how.writable = true;
    how.create = offset == 0;
    io::task<io::file> opening = io::open_file(path, how);
    io::file made = co_await std::move(opening);
    io::task<std::uint64_t> measuring = made.size();
    const std::uint64_t size = co_await std::move(measuring);
    if (size < offset) {
        throw file_error(std::make_error_code(std::errc::invalid_seek),
                         quoted(path) + " has only " + std::to_string(size) + " bytes");
    }
    io::task<> cutting = made.truncate(offset);
    co_await std::move(cutting);
    made.seek(offset);
    co_return made;
}

io::task<io::durable_file> begin_file(std::string path, fs::file_status before) {
    // An error about a file speaks of no connection, whatever its number is.
    try {
        io::task<io::durable_file> making = io::create_durable_file(std::move(path));
        io::durable_file made = co_await std::move(making);
        if (fs::is_regular_file(before)) {
            const auto mode = static_cast<mode_t>(before.permissions() & fs::perms::mask);
            (void)sys::fchmod(made.contents().fileno(), mode);
        }
        co_return made;
    } catch (const std::system_error& error) {
        throw file_error(error.code(), what_failed(error));
    }
}

/// What a link leads to is replaced or made, and not the link.
std::string end_of_links(std::string path) {
    constexpr int most = 40;  // as in Linux
    std::error_code error;
    for (int i = 0; i < most && fs::is_symlink(fs::symlink_status(path, error)); ++i) {
        const fs::path target = fs::read_symlink(path, error);
        if (error) break;
        path = (fs::path(path).parent_path() / target).string();
    }
    return path;
}

}  // namespace

std::unique_ptr<sink> no_sink() {
    return std::make_unique<nowhere>();
}

std::unique_ptr<sink> output_sink(bool raw) {
    return std::make_unique<output>(raw);
}

io::task<std::unique_ptr<sink>> rest_sink(std::string path, std::uint64_t offset) {
    std::optional<io::file> file;
    try {
        io::task<io::file> opening = open_at(path, offset);
        file = co_await std::move(opening);
    } catch (const file_error&) {
        throw;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        throw file_error(error.code(), what_failed(error));
    }
    co_return std::make_unique<rest_of_file>(std::move(*file));
}

io::task<std::unique_ptr<sink>> file_sink(std::string path, io::existing other) {
    std::error_code error;
    const fs::file_status before = fs::status(path, error);
    const bool is_special = fs::exists(before) && !fs::is_regular_file(before);
    if (is_special) co_return std::make_unique<special_file>(std::move(path));
    if (other == io::existing::replace) path = end_of_links(std::move(path));
    const bool may_be_written = other == io::existing::replace && fs::is_regular_file(before);
    try {
        io::task<io::durable_file> beginning = begin_file(path, before);
        io::durable_file file = co_await std::move(beginning);
        co_return std::make_unique<whole_file>(std::move(file), other);
    } catch (const file_error& failed) {
        const bool is_closed = failed.code() == std::errc::permission_denied ||
                               failed.code() == std::errc::read_only_file_system;
        if (!may_be_written || !is_closed) throw;
    }
    co_return std::make_unique<special_file>(std::move(path));  // in which the folder has no say
}

}  // namespace zocalo::program
