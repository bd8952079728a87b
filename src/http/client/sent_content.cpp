// SPDX-License-Identifier: MIT
#include "http/client/sent_content.hpp"

#include <utility>

#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

namespace {

/// Content on its way into a connection.
class line_writer final : public body_writer {
 public:
    line_writer(line& on, timeout stall) noexcept : line_(on), stall_(stall) {}
    io::task<> write(const_buffer data) override { return io::timeout(stall_, line_.write(data)); }
    io::task<> flush() override { return io::timeout(stall_, line_.flush()); }
    void set_trailers(fields last) override { trailers_ = std::move(last); }
    [[nodiscard]] const fields& trailers() const noexcept { return trailers_; }

 private:
    line& line_;
    timeout stall_;
    fields trailers_;
};

}  // namespace

io::task<> send_content_of(const body& what, content_size size, line& on, timeout stall) {
    line_writer to(on, stall);
    io::task<> writing = what.write_to(to, size);
    co_await std::move(writing);
    on.end(to.trailers());
    io::task<> last = to.flush();
    co_await std::move(last);
}

}  // namespace zocalo::http::detail
