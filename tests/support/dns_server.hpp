// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/dns_message.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::test {

/// What a name server sends back, and how long after the question.
struct dns_reply {
    std::string bytes;
    std::chrono::milliseconds delay{0};
};

/// A name server, UDP and TCP, that says what a function wants it to, from a thread of its own; on
/// a free port of 127.0.0.1, if nothing else is said.
class dns_server {
 public:
    using handler =
        std::function<std::vector<dns_reply>(const std::string& question, bool over_tcp)>;

    explicit dns_server(handler says, const net::endpoint& at = {net::address::loopback_v4(), 0},
                        const std::function<void(net::socket&)>& prepare = {})
        : says_(std::move(says)) {
        for (;;) {  // the same port for both
            datagrams_ = net::socket(at.family(), net::type::datagram);
            make_room();
            if (prepare) prepare(datagrams_);
            datagrams_.bind(at);
            listener_ = net::socket(at.family(), net::type::stream);
            try {
                listener_.bind(datagrams_.local_endpoint());
                break;
            } catch (const std::system_error&) {
                if (at.port() != 0) throw;
            }
        }
        listener_.listen();
        thread_ = std::thread([this] { run(); });
    }
    ~dns_server() {
        stop_.request_stop();
        thread_.join();
    }
    dns_server(const dns_server&) = delete;
    dns_server& operator=(const dns_server&) = delete;

    [[nodiscard]] net::endpoint where() const { return datagrams_.local_endpoint(); }
    /// Who asked last, for the function that answers.
    [[nodiscard]] const net::endpoint& asker() const noexcept { return asker_; }
    /// How many questions came, and how many of them over TCP.
    [[nodiscard]] int asked() const noexcept { return asked_; }
    [[nodiscard]] int asked_over_tcp() const noexcept { return asked_over_tcp_; }
    /// Lets it read what was sent already: that many questions in all, or half a minute passes.
    void wait_for_questions(int count) const {
        for (int i = 0; i < 30'000 && asked_ < count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

 private:
    using clock = std::chrono::steady_clock;
    struct client {
        net::socket socket;
        std::string received;
    };
    struct due {
        clock::time_point at;
        std::string bytes;
        net::endpoint peer;  // none: over TCP
        int connection = -1;
    };

    void run() {
        for (;;) {
            std::vector<pollfd> entries{{stop_.fileno(), POLLIN, 0},
                                        {datagrams_.fileno(), POLLIN, 0},
                                        {listener_.fileno(), POLLIN, 0}};
            for (const client& each : clients_)
                entries.push_back({each.socket.fileno(), POLLIN, 0});
            ::poll(entries.data(), entries.size(), patience());
            if (entries[0].revents != 0) return;
            for (std::size_t i = clients_.size(); i > 0; --i) {
                if (entries[i + 2].revents != 0) serve(clients_[i - 1]);
            }
            std::erase_if(clients_, [](const client& each) { return !each.socket.is_open(); });
            if (entries[2].revents != 0) clients_.push_back({listener_.accept().client, {}});
            if (entries[1].revents != 0) hear();
            send_what_is_due();
        }
    }
    /// Many ask at once. Root may pass the system's limit.
    void make_room() {
        try {
            datagrams_.set_option(SOL_SOCKET, SO_RCVBUFFORCE, 4'000'000);
        } catch (const std::system_error&) {
            datagrams_.set_option(SOL_SOCKET, SO_RCVBUF, 4'000'000);
        }
    }
    int patience() const {
        if (due_.empty()) return -1;
        const auto first = std::ranges::min(due_, {}, &due::at).at - clock::now();
        return std::max(
            0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(first).count()));
    }
    void hear() {
        std::array<char, 4096> question;
        for (;;) {
            const net::transfer got = datagrams_.try_recv(
                mutable_buffer(question), net::message_flag::peek | net::message_flag::dont_wait);
            if (got.error) return;
            const net::received from = datagrams_.recv_from(mutable_buffer(question));
            answer({question.data(), from.size}, from.peer, -1);
        }
    }
    void serve(client& from) {
        std::array<char, 4096> some;
        const net::transfer got = from.socket.try_recv(mutable_buffer(some));
        if (got.error || got.size == 0) return from.socket.close();
        from.received.append(some.data(), got.size);
        while (from.received.size() >= 2) {
            const auto size =
                static_cast<std::size_t>(static_cast<unsigned char>(from.received[0]) << 8 |
                                         static_cast<unsigned char>(from.received[1]));
            if (from.received.size() < size + 2) return;
            answer(from.received.substr(2, size), {}, from.socket.fileno());
            from.received.erase(0, size + 2);
        }
    }
    void answer(const std::string& question, const net::endpoint& peer, int connection) {
        asker_ = peer;
        ++asked_;
        if (connection >= 0) ++asked_over_tcp_;
        for (dns_reply& each : says_(question, connection >= 0)) {
            due_.push_back({clock::now() + each.delay, std::move(each.bytes), peer, connection});
        }
    }
    void send_what_is_due() {
        const auto now = clock::now();
        for (const due& each : due_) {
            if (each.at <= now) send(each);
        }
        std::erase_if(due_, [now](const due& each) { return each.at <= now; });
    }
    void send(const due& what) {
        if (what.connection < 0) {
            (void)datagrams_.try_send_to(what.bytes, what.peer);
            return;
        }
        for (client& each : clients_) {
            if (each.socket.fileno() != what.connection) continue;
            std::string framed{static_cast<char>(what.bytes.size() >> 8),
                               static_cast<char>(what.bytes.size() & 0xFF)};
            framed += what.bytes;
            (void)each.socket.try_send_all(framed);
        }
    }

    handler says_;
    net::socket datagrams_;
    net::socket listener_;
    net::stop_source stop_;
    net::endpoint asker_;
    std::vector<client> clients_;
    std::vector<due> due_;
    std::atomic<int> asked_ = 0;
    std::atomic<int> asked_over_tcp_ = 0;
    std::thread thread_;
};

/// The name in a question, in lower case, and its type.
struct dns_question {
    explicit dns_question(const std::string& query) {
        const net::dns::message read = net::dns::parse(const_buffer(query));
        name = read.name;
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
        });
        type = read.asked;
    }
    std::string name;
    net::dns::type type{};
};

}  // namespace zocalo::test
