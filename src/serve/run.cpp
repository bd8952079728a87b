// SPDX-License-Identifier: MIT
#include "zocalo/serve/run.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "zocalo/io/any.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/readiness.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/net/socket_file.hpp"
#include "zocalo/serve/hand_over.hpp"

namespace zocalo::serve {

namespace {

/// The thread that waits for the next process, if there is to be one.
class succession {
 public:
    /// Opens its door. Throws as open_door() does, unless this process has taken over: then it has
    /// to go on.
    void open(const std::string& path, bool has_taken_over) {
        if (path.empty()) return;
        try {
            door_ = open_door(path);
            file_ = net::socket_file(net::endpoint::local(path));
        } catch (const std::system_error& error) {
            if (!has_taken_over) throw;
            service_manager::from_environment().status(error.what());
        }
    }
    void begin(fleet& of) {
        if (!door_.is_open()) return;
        waits_ = std::jthread([this, &of] { wait(of); });
    }
    succession() = default;
    succession(const succession&) = delete;
    succession& operator=(const succession&) = delete;
    ~succession() { give_up(); }

    void give_up() noexcept {
        stop_.request_stop();
        if (waits_.joinable()) waits_.join();
        if (done_) file_.keep();  // the next process has its own there
        file_.remove();
    }
    /// After give_up(): the next process is what the service manager watches now.
    [[nodiscard]] bool is_done() const noexcept { return done_; }

 private:
    void wait(fleet& of) noexcept {
        try {
            // Of this process alone it accepts the name of another one.
            hand_over(std::move(door_), of.sockets(), stop_, [](const net::credentials& by) {
                if (by.process > 0) service_manager::from_environment().main_process(by.process);
            });
            done_ = true;
        } catch (const net::stopped&) {
            return;
        } catch (const std::exception& error) {
            service_manager::from_environment().status(error.what());
            return;  // the server goes on; only nobody can take over
        }
        of.stop();
    }

    net::socket door_;
    net::socket_file file_;
    net::stop_source stop_;
    bool done_ = false;  ///< written by the thread
    std::jthread waits_;
};

/// Unless there is one that goes on.
void tell_of_end(service_manager& manager, succession& next) {
    next.give_up();
    if (!next.is_done()) manager.stopping();
}

void reload(fleet& servers, const run_options& options, service_manager& manager) {
    manager.reloading();
    try {
        if (options.reload) options.reload(servers);
    } catch (const std::exception& error) {
        manager.status(std::string("reload failed: ") + error.what());
    }
    manager.ready();
}

/// What signals ask for.
io::task<> obey(io::signals& asked, fleet& of, succession& next, service_manager& manager,
                const run_options& options) {
    for (bool stopping = false;;) {
        const int signal = co_await asked.next();
        if (signal == io::signals::hang_up) {
            reload(of, options, manager);
        } else if (stopping) {
            of.stop_now();
        } else {
            stopping = true;
            tell_of_end(manager, next);
            of.stop();
        }
    }
}

take_over find_predecessor(const run_options& options) {
    if (options.hand_over.empty()) return {};
    return take_over(options.hand_over, std::chrono::seconds(5), options.user);
}

void open_sockets(fleet& made, take_over& before, const run_options& options) {
    std::vector<inherited_socket> given = take_inherited_sockets();
    if (given.empty()) given = std::move(before.sockets());
    if (!given.empty()) {
        made.add(std::move(given));
        return;
    }
    for (const net::endpoint& where : options.addresses)
        made.listen(where, options.listen);
}

void refuse_contradictions(const run_options& options) {
    if (options.root.empty()) return;
    if (options.user.empty()) {
        throw std::invalid_argument("serve::run: a root without a user, who could leave it");
    }
    if (!options.hand_over.empty()) {
        throw std::invalid_argument("serve::run: no process can take over from within a root");
    }
}

void give_up_rights(const run_options& options) {
    if (!options.user.empty()) drop_privileges(options.user, options.root);
    if (!options.files) return;
    file_access files = *options.files;
    if (!options.hand_over.empty()) files.sockets.push_back(io::folder_of(options.hand_over));
    confine(files);
}

}  // namespace

serve::counters run(const handler& talk, const run_options& options) {
    refuse_contradictions(options);
    io::signals asked({io::signals::hang_up, io::signals::interrupt, io::signals::terminate});
    service_manager manager = service_manager::from_environment();
    fleet servers(talk, options.fleet);
    take_over before = find_predecessor(options);
    open_sockets(servers, before, options);
    give_up_rights(options);
    const std::vector<net::endpoint> where = servers.local_endpoints();
    // Everything that takes a descriptor comes before the first client, who may take the last one.
    io::loop control(io::backend_kind::poll);
    const io::readiness ended(servers.ended().fileno());
    succession next;
    const bool replaces = before.has_begun();
    if (!replaces) next.open(options.hand_over, replaces);
    if (options.begins) options.begins(servers);
    servers.start();
    before.ready();
    if (replaces) next.open(options.hand_over, replaces);
    next.begin(servers);
    manager.ready();
    if (options.ready) options.ready(where);
    control.run(io::any(obey(asked, servers, next, manager, options), ended.readable()));
    tell_of_end(manager, next);
    if (next.is_done() && options.taken_over) options.taken_over();
    servers.wait();
    return servers.counters();
}

}  // namespace zocalo::serve
