// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "http/dialogue.hpp"
#include "zocalo/http/http2_engine.hpp"
#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

class http2_conversation;

/// One stream of a connection: a request and its response.
class http2_dialogue final : public dialogue {
 public:
    http2_dialogue(http2_conversation& in, std::uint32_t number) noexcept;
    ~http2_dialogue();

    /// For another stream, after one that was answered at once.
    void begin_anew(std::uint32_t number) noexcept;

    /// Answers as far as nothing has to be waited for; false when run() has to go on.
    [[nodiscard]] bool begin_at_once();
    /// What could not be understood is answered.
    void answer_problem();
    /// Answers, and waits until all of it has gone; so does linger() alone, for what was answered.
    [[nodiscard]] io::task<> run();
    [[nodiscard]] io::task<> linger();

    static void* operator new(std::size_t size) { return io::detail::allocate_frame(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        io::detail::free_frame(memory, size);
    }

    // --- What the connection tells

    /// Something of this stream has changed: whoever waits for that looks again.
    void changed() noexcept { changed_.wake_all(); }
    /// The stream has ended before its time: so does the handler.
    void was_reset() noexcept;

    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    /// Nothing is left to do: the stream has ended, or all of the response is on its way.
    [[nodiscard]] bool is_done() const noexcept;
    [[nodiscard]] bool is_resting() const noexcept { return phase_ == serve::phase::resting; }

    // --- For exchanges

    [[nodiscard]] content_size announced() const noexcept override;
    [[nodiscard]] bool has_content() const noexcept override { return has_content_; }
    [[nodiscard]] const fields& trailers() const noexcept override;
    [[nodiscard]] io::task<const_buffer> read() override;
    [[nodiscard]] io::task<> wait_for_end() override;
    void enter(serve::phase next) noexcept override;
    void send_interim(const response_head& head) override;
    void begin(const response_head& head, content_size size) override;
    void send_whole(const response_head& head, const_buffer content) override;
    void send_data(const_buffer data) override;
    [[nodiscard]] io::task<> write(const_buffer data) override;
    [[nodiscard]] io::task<std::uint64_t> send_cached(const serve::opened_entry& file,
                                                      std::uint64_t offset,
                                                      std::uint64_t most) override;
    [[nodiscard]] io::task<> flush() override;
    void end(const fields& trailers) override;
    [[nodiscard]] bool is_sending() const noexcept override;
    [[nodiscard]] io::task<io::stream> take_over() override;

 private:
    class taken_over;

    // For a handler that has taken the stream over (http2_taken_over.cpp)
    [[nodiscard]] io::task<> wait_for_bytes();
    [[nodiscard]] std::size_t take_bytes(mutable_buffer into);
    [[nodiscard]] io::task<> write_bytes(const_buffer data);
    [[nodiscard]] io::task<> finish_bytes();
    void drop_tunnel() noexcept;
    void end_tunnel() noexcept;

    void finish(exchange& asked);
    void ask_for_content();
    [[nodiscard]] io::task<> wait_for_change();
    [[nodiscard]] io::task<bool> change_in_time(io::time_point begun);
    [[nodiscard]] io::task<bool> change_before(io::time_point until);
    [[nodiscard]] io::task<bool> content_in_time(io::time_point begun);
    [[nodiscard]] io::task<bool> taken_in_time(io::time_point begun, std::size_t most);
    [[nodiscard]] bool is_open() const noexcept;

    http2_conversation& in_;
    std::uint32_t number_ = 0;
    response_head head_;
    routes::parameters parameters_;
    io::scope work_;
    io::detail::wait_queue changed_;
    std::string piece_;                  ///< of the content, that was given out
    std::size_t lent_ = 0;               ///< its size, which the engine has yet to be told of
    std::uint64_t moved_ = 0;            ///< bytes of content that were given out
    std::chrono::nanoseconds waited_{};  ///< for content, all in all
    taken_over* taken_over_ = nullptr;   ///< the handler's end, while there is one
    serve::phase phase_ = serve::phase::body;
    bool has_content_ = false;
    bool has_asked_ = false;  ///< for content, with 100
    bool has_finished_ = false;
    bool waits_for_end_ = false;
    bool has_tunnel_ = false;  ///< the stream was taken over
};

}  // namespace zocalo::http::detail
