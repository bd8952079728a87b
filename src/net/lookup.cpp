// SPDX-License-Identifier: MIT
// getaddrinfo(3) can neither be stopped nor given a time-out. Where either is wanted it runs in a
// thread of its own, and whoever will not wait longer leaves that behind: it ends when the system's
// resolver gives up, frees what it has found, and touches nothing that belongs to anybody else.
#include "net/lookup.hpp"

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>

#include "net/wake_up.hpp"
#include "sys/names.hpp"
#include "sys/signal.hpp"
#include "sys/wait.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

/// Threads are the process's and nobody else's, and so is their number.
std::atomic<unsigned>& left_behind() noexcept {
    static constinit std::atomic<unsigned> count{0};
    return count;
}

lookup_answer failed(int error) {
    lookup_answer answer;
    answer.code = EAI_SYSTEM;
    answer.system_error = error;
    return answer;
}

lookup_answer ask(const lookup_question& question) noexcept {
    const auto text = [](const std::string& value) {
        return value.empty() ? nullptr : value.c_str();
    };
    lookup_answer answer;
    addrinfo* list = nullptr;
    answer.code = sys::getaddrinfo(text(question.host), text(question.service), question.hints,
                                   &list, answer.system_error);
    if (answer.code == 0) answer.list.reset(list);
    return answer;
}

/// What the thread and who waits for it have in common; the last of them frees it.
class lookup {
 public:
    explicit lookup(lookup_question question) : question_(std::move(question)) {}

    void run() noexcept {
        lookup_answer answer = ask(question_);
        const std::lock_guard lock(mutex_);
        answer_ = std::move(answer);
        is_done_ = true;
        done_.ring();
        if (is_left_) --left_behind();
    }

    lookup_answer wait(const deadline& until, int stop_fd) {
        const int waited = sys::wait_ready(done_.fileno(), POLLIN, until, stop_fd);
        const std::lock_guard lock(mutex_);
        if (is_done_) return std::move(answer_);
        is_left_ = true;
        ++left_behind();
        return failed(-waited);
    }

 private:
    const lookup_question question_;
    wake_up done_;
    std::mutex mutex_;
    bool is_done_ = false;
    bool is_left_ = false;
    lookup_answer answer_;
};

/// Signals are for the threads of the program, which know what to do with them.
void start_without_signals(std::shared_ptr<lookup> work) {
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    sys::block_signals(all, old);
    try {
        std::thread([work = std::move(work)] { work->run(); }).detach();
    } catch (...) {
        sys::set_signal_mask(old);
        throw;
    }
    sys::set_signal_mask(old);
}

/// The condition that a socket was told to watch.
class stop_of final : public stop_condition {
 public:
    explicit stop_of(const socket& user) noexcept : stop_condition(unique_fd(user.stop_fileno())) {}
    stop_of(const stop_of&) = delete;
    stop_of& operator=(const stop_of&) = delete;
    ~stop_of() { (void)fd_.release(); }  // it belongs to the condition itself
};

}  // namespace

lookup_answer look_up(lookup_question question, const deadline& until, const stop_condition* stop) {
    if (until.limit().is_none() && stop == nullptr) return ask(question);
    if (left_behind() >= most_left_behind) {
        lookup_answer answer;
        answer.code = EAI_AGAIN;
        return answer;
    }
    try {
        const auto work = std::make_shared<lookup>(std::move(question));
        start_without_signals(work);
        return work->wait(until, stop != nullptr ? stop->fileno() : -1);
    } catch (const std::system_error& error) {
        return failed(error.code().value());  // no thread or descriptor is left
    }
}

endpoint look_up_for(const socket& user, const host_port& where, const deadline& until) {
    const stop_of stop(user);
    const stop_condition* const watched = user.stop_fileno() < 0 ? nullptr : &stop;
    const timeout limit = until.limit().is_zero() ? timeout::none() : until.remaining();
    return where.resolve_all(user.family(), user.type(), limit, watched).front();
}

}  // namespace zocalo::net
