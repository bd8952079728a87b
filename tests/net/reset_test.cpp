// SPDX-License-Identifier: MIT
// Peers that reset a connection at every byte of a dialogue, in both directions and both roles: an
// error each time, never the end of a stream, and nothing is left behind.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "support/serving.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/file.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

// The dialogue: two questions, each a line, and the answers.
const std::string questions[] = {"who is there, and how many of you?\r\n", "and who else?\r\n"};
const std::string answers[] = {"it is us, the two of us, who have come a long way\r\n", "me\r\n"};

void reset(socket& socket) {
    const struct linger at_once{1, 0};
    socket.set_option(SOL_SOCKET, SO_LINGER, const_buffer(&at_once, sizeof at_once));
    socket.close();
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool is_reset(const std::system_error& error) {
    return error.code() == std::errc::connection_reset || error.code() == std::errc::broken_pipe;
}

/// What one side of the dialogue does: says `mine` and hears `theirs` by turns, but resets as soon
/// as so many bytes have gone and come. False when it came to the end before.
class breaker {
 public:
    breaker(socket& peer, std::size_t most) : peer_(peer), left_(most) {}

    bool say(const std::string& text) {
        const std::size_t size = std::min(left_, text.size());
        left_ -= size;
        peer_.send_all(std::string_view(text).substr(0, size));
        return goes_on(size == text.size());
    }
    bool hear(const std::string& text) {
        const std::size_t size = std::min(left_, text.size());
        left_ -= size;
        std::string got(size, '\0');
        EXPECT_EQ(peer_.recv_exactly(got), size);
        EXPECT_EQ(got, text.substr(0, size));
        return goes_on(size == text.size());
    }

 private:
    bool goes_on(bool whole) {
        if (whole && left_ > 0) return true;
        reset(peer_);
        return false;
    }

    socket& peer_;
    std::size_t left_;
};

const std::size_t whole_dialogue =
    questions[0].size() + answers[0].size() + questions[1].size() + answers[1].size();

TEST(reset, clients_that_reset_at_every_byte_harm_no_server) {
    std::atomic<int> resets{0};
    std::atomic<int> ends{0};
    std::atomic<int> others{0};
    const auto answer = [&](connection& client) {
        file stream = make_file(client.socket());
        for (int turn = 0; turn < 2; ++turn) {
            const auto line = stream.read_line();
            if (!line || !stream.ended()) ++ends;
            stream.write(answers[turn]);
            stream.flush();
        }
        // Who resets after the last byte is seen here.
        if (!stream.read_line()) ++ends;
    };
    const auto count = [&](const endpoint&, std::exception_ptr thrown) {
        try {
            std::rethrow_exception(std::move(thrown));
        } catch (const std::system_error& error) {
            ++(is_reset(error) ? resets : others);
        } catch (...) {
            ++others;
        }
    };
    const std::size_t before = open_descriptors();
    {
        stream_server server{test::bound_to_loopback(), answer, {.hooks = {.handle_error = count}}};
        test::serving thread{server};
        for (std::size_t most = 0; most <= whole_dialogue; ++most) {
            socket client = create_connection(server.local_endpoint(), {.timeout = 5s});
            client.set_timeout(5s);
            breaker breaks{client, most};
            for (int turn = 0; turn < 2; ++turn) {
                if (!breaks.say(questions[turn]) || !breaks.hear(answers[turn])) break;
            }
            ASSERT_FALSE(client.is_open()) << most;
        }
        socket client = create_connection(server.local_endpoint(), {.timeout = 5s});
        client.set_timeout(5s);
        client.send_all(questions[0] + questions[1]);
        client.shutdown(direction::write);
        std::string all(answers[0].size() + answers[1].size(), '\0');
        EXPECT_EQ(client.recv_exactly(all), all.size());
        EXPECT_EQ(all, answers[0] + answers[1]);
        EXPECT_EQ(client.recv(1), "");
        thread.stop();
        EXPECT_EQ(server.counters().accepted, whole_dialogue + 2);
        EXPECT_EQ(server.counters().errors, whole_dialogue + 1);
        EXPECT_EQ(server.counters().active, 0U);
    }
    EXPECT_EQ(ends, 1);  // of the one that ended well
    EXPECT_EQ(resets, whole_dialogue + 1);
    EXPECT_EQ(others, 0);
    EXPECT_EQ(open_descriptors(), before);
}

/// A client's side of the dialogue; how many bytes it has heard when the reset came.
std::size_t ask(const endpoint& server, bool& knew) {
    std::size_t heard = 0;
    knew = false;
    try {
        socket peer = create_connection(server, {.timeout = 5s});
        peer.set_timeout(5s);
        for (int turn = 0; turn < 2; ++turn) {
            peer.send_all(questions[turn]);
            for (std::size_t i = 0; i < answers[turn].size(); ++i, ++heard) {
                char byte = 0;
                if (peer.recv_exactly(mutable_buffer(&byte, 1)) == 0) return heard;
                EXPECT_EQ(byte, answers[turn][i]);
            }
        }
        (void)peer.recv(1);
    } catch (const std::system_error& error) {
        knew = is_reset(error);
    }
    return heard;
}

TEST(reset, servers_that_reset_at_every_byte_are_an_error_and_no_end) {
    socket listener = test::bound_to_loopback();
    listener.listen(5);
    listener.set_timeout(5s);
    const endpoint where = listener.local_endpoint();
    std::jthread server([&] {
        for (std::size_t most = 0; most <= whole_dialogue; ++most) {
            socket client = listener.accept().client;
            client.set_timeout(5s);
            breaker breaks{client, most};
            for (int turn = 0; turn < 2; ++turn) {
                if (!breaks.hear(questions[turn]) || !breaks.say(answers[turn])) break;
            }
        }
    });
    for (std::size_t most = 0; most <= whole_dialogue; ++most) {
        bool knew = false;
        const std::size_t heard = ask(where, knew);
        EXPECT_TRUE(knew) << most;
        EXPECT_LE(heard, answers[0].size() + answers[1].size());
        EXPECT_LE(heard, most);
    }
}

}  // namespace
}  // namespace zocalo::net
