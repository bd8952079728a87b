// SPDX-License-Identifier: MIT
// c-ares keeps account of servers, repeats and time; what a question and an answer are is our
// business. Version 1.18 neither mixes the case of letters nor looks at more of an answer than its
// question, so both are done here.
#include "io/names/question_channel.hpp"

#include <ares.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <system_error>

#include "core/ascii.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::io::detail {

namespace {

constexpr int internet = 1;             // class IN
constexpr int largest_datagram = 1232;  // what no path has to cut (DNS flag day 2020)
constexpr std::size_t header_size = 12;
constexpr int under_way = -1;

std::string describe(const std::string& name, net::dns::type which) {
    return "look up " + to_text(which) + " of " + quoted(name);
}

[[noreturn]] void fail(int status, std::string what) {
    auto why = net::name_errc::again;
    switch (status) {
        case ARES_ESERVFAIL:
        case ARES_EREFUSED:
        case ARES_ENOTIMP:
        case ARES_EFORMERR:
            why = net::name_errc::failure;
            break;
        case ARES_ENOMEM:
            why = net::name_errc::memory;
            break;
        case ARES_EBADNAME:
            throw std::invalid_argument(what + ": there can be no such name");
        default:
            break;
    }
    what += " (";
    what += ares_strerror(status);
    throw std::system_error(why, what + ')');
}

/// In c-ares's form, which has no interfaces.
std::string list_of(const std::vector<net::endpoint>& servers) {
    std::string list;
    for (const net::endpoint& each : servers) {
        if (!list.empty()) list += ',';
        list += net::endpoint(each.ip().with_scope(0), each.port()).to_string();
    }
    return list;
}

/// The question's own bytes: name, type and class. Behind them is the record of EDNS.
std::span<char> question_in(std::string& query) {
    constexpr std::size_t edns_size = 11;
    return std::span(query).subspan(header_size, query.size() - header_size - edns_size);
}

/// Letters may be in either case, and come back as they were sent: a few more bits to guess. The
/// lengths of labels are at most 63 and so no letters.
void mix_case(std::span<char> name, std::random_device& dice) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i % 32 == 0) bits = dice();
        if (is_letter(name[i]) && (bits >> (i % 32) & 1U) != 0) name[i] ^= 32;
    }
}

/// RCODE, in a message that has all of its header.
std::uint8_t code_in(std::string_view message) {
    return static_cast<std::uint8_t>(static_cast<unsigned char>(message[3]) & 0xFU);
}

}  // namespace

struct question_channel::question {
    question(question_channel& of, std::span<const char> bytes)
        : channel(of), plain_bytes(bytes.begin(), bytes.end()) {}

    /// Other names in the answer may end where the question does.
    void unmix_case() {
        if (answer.size() < header_size + plain_bytes.size()) return;
        answer.replace(header_size, plain_bytes.size(), plain_bytes);
    }

    question_channel& channel;
    const std::string plain_bytes;  // of the query, before the case of letters was mixed
    std::string own_bytes;          // what an answer must repeat
    std::string answer;
    int status = under_way;
    std::uint8_t code = 0;  ///< what was said last, and by whom
    std::optional<net::endpoint> server;
    bool abandoned = false;
    wait_queue woken;
};

namespace {

extern "C" void take_answer(void* asked, int status, int /*timeouts*/, unsigned char* data,
                            int size) {
    auto& what = *static_cast<question_channel::question*>(asked);
    std::string answer;
    if (data != nullptr) {
        answer.assign(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    what.channel.answered(what, status, std::move(answer));
}

/// Throws when a question that is over has no answer. Of servers that cannot answer, c-ares says in
/// the end that they were not there.
void check(question_channel::question& what, const std::string& about) {
    const bool is_answered = what.status == ARES_SUCCESS && what.answer.size() >= header_size;
    if (is_answered) what.code = code_in(what.answer);
    if (net::dns::is_refusal(what.code)) {
        const std::string who = what.server ? what.server->to_string() : "the server";
        throw std::system_error(net::name_errc::failure, about + " (" + who + " says " +
                                                             net::dns::code_text(what.code) + ')');
    }
    if (what.status != ARES_SUCCESS) fail(what.status, about);
}

extern "C" void take_wish(void* sockets, ares_socket_t fd, int reading, int writing) {
    static_cast<channel_sockets*>(sockets)->wants(fd, reading != 0, writing != 0);
}

}  // namespace

/// Somebody who waits for an answer, until it is out of its task.
class question_channel::asker {
 public:
    asker(question_channel& channel, question& what) noexcept : channel_(channel), what_(what) {}
    asker(const asker&) = delete;
    asker& operator=(const asker&) = delete;
    ~asker() { channel_.leave(what_); }

 private:
    question_channel& channel_;
    question& what_;
};

/// The one who waits for the sockets.
class question_channel::driver {
 public:
    explicit driver(question_channel& channel) noexcept : channel_(channel) {
        channel_.is_driven_ = true;
    }
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;
    ~driver() {
        channel_.is_driven_ = false;
        channel_.bury();
        channel_.pass_on();
    }

 private:
    question_channel& channel_;
};

question_channel::question_channel(const server_settings& settings) : settings_(settings) {
    static char nothing[] = "/dev/null";
    ares_options options{};
    options.flags = ARES_FLAG_EDNS | (settings.tcp ? ARES_FLAG_USEVC : 0);
    options.timeout = settings.milliseconds;
    options.tries = settings.attempts;
    options.ednspsz = largest_datagram;
    options.sock_state_cb = take_wish;
    options.sock_state_cb_data = static_cast<channel_sockets*>(this);
    options.resolvconf_path = nothing;
    constexpr int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                         ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF;
    if (const int status = ares_init_options(&channel_, &options, mask); status != ARES_SUCCESS) {
        fail(status, "read how to ask name servers");
    }
    attach(channel_, settings.servers);
    const std::string servers = list_of(settings.servers);
    const int status = ares_set_servers_ports_csv(channel_, servers.c_str());
    if (status == ARES_SUCCESS) return;
    ares_destroy(channel_);
    fail(status, "name servers " + servers);
}

/// Whatever is left was abandoned.
question_channel::~question_channel() {
    ares_destroy(channel_);
}

question_channel::question& question_channel::send(const std::string& name, net::dns::type which) {
    ++taken_;
    std::random_device dice;
    auto number = static_cast<std::uint16_t>(dice());
    while (questions_.contains(number))
        ++number;
    unsigned char* made = nullptr;
    int size = 0;
    const int status = ares_create_query(name.c_str(), internet, static_cast<int>(which), number, 1,
                                         &made, &size, largest_datagram);
    if (status != ARES_SUCCESS) fail(status, describe(name, which));
    std::string query(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    ares_free_string(made);

    const std::span<char> own = question_in(query);
    auto& asked = questions_[number];
    asked = std::make_unique<question>(*this, own);
    question& what = *asked;
    mix_case(own.first(own.size() - 4), dice);
    what.own_bytes.assign(own.begin(), own.end());
    ares_send(channel_, reinterpret_cast<const unsigned char*>(query.data()), size, take_answer,
              &what);
    changed_.set();
    return what;
}

task<std::string> question_channel::ask(std::string name, net::dns::type which) {
    question& mine = send(name, which);
    const asker here(*this, mine);
    while (mine.status == under_way) {
        if (is_driven_) {
            co_await mine.woken.wait("wait for name servers");
            continue;
        }
        const driver driving(*this);
        while (mine.status == under_way)
            co_await turn();
    }
    check(mine, describe(name, which));
    mine.unmix_case();
    co_return std::move(mine.answer);
}

/// Waits until c-ares has something to do, and lets it do that.
task<> question_channel::turn() {
    changed_.reset();
    timeval left{};
    const bool limited = ares_timeout(channel_, nullptr, &left) != nullptr;
    const auto span = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec) +
                      std::chrono::milliseconds(1);  // never a little too early
    std::vector<task<>> all = waits();
    all.push_back(changed_.wait());
    all.push_back(as_task(sleep(limited ? zocalo::timeout(span) : zocalo::timeout::none())));
    co_await any(std::move(all));
    bury();
    process(channel_);
}

void question_channel::answered(question& what, int status, std::string answer) noexcept {
    what.status = status;
    what.answer = std::move(answer);
    if (!what.abandoned) {
        what.woken.wake_all();
        return;
    }
    std::erase_if(questions_, [&](const auto& each) { return each.second.get() == &what; });
}

/// c-ares cannot forget a single question: what comes of it will be dropped.
void question_channel::leave(question& what) noexcept {
    what.abandoned = true;
    if (what.status != under_way) answered(what, what.status, {});
}

void question_channel::pass_on() noexcept {
    for (const auto& [number, each] : questions_) {
        if (each->woken.wake_one()) return;
    }
}

/// What c-ares would take although it proves less: an answer to the right question from the right
/// address. A server that does not keep the case of letters is asked where nobody can guess.
channel_sockets::verdict question_channel::judge(const_buffer data,
                                                 const net::endpoint& from) const noexcept {
    const std::string_view text = data.text();
    if (text.size() < header_size) return verdict::drop;
    const auto number = static_cast<std::uint16_t>(static_cast<unsigned char>(text[0]) << 8 |
                                                   static_cast<unsigned char>(text[1]));
    const auto asked = questions_.find(number);
    if (asked == questions_.end()) return verdict::drop;
    const std::string_view own = asked->second->own_bytes;
    const std::string_view repeated = text.substr(header_size, own.size());
    if (repeated == own) {
        asked->second->code = code_in(text);
        asked->second->server = from;
        return verdict::take;
    }
    const bool same = net::dns::same_name(repeated, own);
    return same ? verdict::ask_again_over_tcp : verdict::drop;
}

}  // namespace zocalo::io::detail
