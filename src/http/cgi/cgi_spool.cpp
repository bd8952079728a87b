// SPDX-License-Identifier: MIT
#include "http/cgi/cgi_spool.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace zocalo::http::detail {

namespace {
constexpr std::size_t piece_size = std::size_t{64} * 1024;
}

io::task<> cgi_spool::put(const_buffer data) {
    if (!has_file() && near_.size() + data.size() <= most_) {
        near_ += data.text();
        news_.set();
        co_return;
    }
    is_writing_ = true;
    if (!far_.is_open()) {
        const std::string folder = std::filesystem::temp_directory_path().string();
        const io::file_options options{.writable = true, .unnamed = true, .permissions = 0600};
        io::task<io::file> opening = io::open_file(folder, options);
        far_ = co_await std::move(opening);
    }
    io::task<> writing = far_.write_at(written_, data);
    co_await std::move(writing);
    written_ += data.size();
    is_writing_ = false;
    news_.set();
}

void cgi_spool::end() noexcept {
    has_ended_ = true;
    news_.set();
}

io::task<std::string> cgi_spool::take() {
    while (near_.empty() && written_ == read_ && !has_ended_) {
        io::task<> waiting = news_.wait();
        co_await std::move(waiting);
        news_.reset();
    }
    std::string piece = near_.substr(0, piece_size);
    near_.erase(0, piece.size());
    if (piece.empty() && written_ > read_) {
        io::task<std::string> taking = take_from_file();
        piece = co_await std::move(taking);
    }
    co_return piece;
}

io::task<std::string> cgi_spool::take_from_file() {
    std::string piece;
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(written_ - read_, piece_size)));
    const mutable_buffer into(piece.data(), piece.size());
    io::task<std::size_t> reading = far_.read_at(read_, into);
    piece.resize(co_await std::move(reading));
    read_ += piece.size();
    co_return piece;
}

}  // namespace zocalo::http::detail
