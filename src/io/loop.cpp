// SPDX-License-Identifier: MIT
#include "zocalo/io/loop.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "io/backend/epoll/epoll_backend.hpp"
#include "io/backend/poll/poll_backend.hpp"
#include "io/backend/uring/uring_backend.hpp"
#include "io/run_on.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::io {

namespace {

backend_kind kind_named(std::string_view name) {
    for (const auto kind : {backend_kind::poll, backend_kind::epoll, backend_kind::uring}) {
        if (name == to_text(kind)) return kind;
    }
    throw std::invalid_argument("ZOCALO_BACKEND: " + quoted(name) +
                                " is none of poll, epoll, uring");
}

std::unique_ptr<detail::backend> make(backend_kind wanted) {
    if (wanted == backend_kind::poll) {
        auto made = std::make_unique<detail::poll_backend>();
        made->open_bell();
        return made;
    }
    if (wanted == backend_kind::uring) {
        return std::make_unique<detail::uring_backend>(detail::uring_options::from_environment());
    }
    return std::make_unique<detail::epoll_backend>();
}

}  // namespace

std::string_view to_text(backend_kind kind) noexcept {
    switch (kind) {
        case backend_kind::automatic:
            return "automatic";
        case backend_kind::poll:
            return "poll";
        case backend_kind::epoll:
            return "epoll";
        case backend_kind::uring:
            return "uring";
    }
    return "unknown";
}

loop::loop(backend_kind wanted) : reason_("the program asked for it") {
    if (wanted != backend_kind::automatic) {
        engine_ = make(wanted);
        return;
    }
    const char* const named = std::getenv("ZOCALO_BACKEND");
    reason_ = named == nullptr ? "the default" : "ZOCALO_BACKEND says so";
    try {
        engine_ = make(named == nullptr ? backend_kind::epoll : kind_named(named));
    } catch (const std::system_error& error) {
        reason_ = std::string("ZOCALO_BACKEND says ") + named + ", but: " + error.what();
        engine_ = make(backend_kind::epoll);
    }
}

loop::~loop() = default;

void loop::set_faults(fault_hook hook) {
    engine_->set_faults(std::move(hook));
}

std::string_view loop::backend() const noexcept {
    return engine_->name();
}

void loop::set_spin(std::chrono::nanoseconds at_most) noexcept {
    engine_->set_spin(at_most);
}

void loop::run_fiber(bool (*begin)(void*, detail::fiber&), void* what) {
    detail::run_on(*engine_, begin, what);
}

}  // namespace zocalo::io
