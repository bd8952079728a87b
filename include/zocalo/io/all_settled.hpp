// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "zocalo/io/all.hpp"
#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/task.hpp"

/// Several tasks side by side, until all have ended, well or not.
namespace zocalo::io {

/// What one of them ended with: a value, or an error.
template <class T>
class settled {
 public:
    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws the error where there is none.
    std::add_lvalue_reference_t<T> value() {
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<T>) return *value_;
    }
    /// Null where there is a value.
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

    /// For all_settled().
    explicit settled(detail::task_member<T>& ended) {
        try {
            value_.emplace(detail::value_from(ended));
        } catch (...) {
            error_ = std::current_exception();
        }
    }

 private:
    std::optional<detail::value_of<T>> value_;
    std::exception_ptr error_;
};

namespace detail {

/// A group in which nobody's error concerns the others.
class patient_group final : public group {
 public:
    void arrived(member& /*who*/, const std::exception_ptr& /*error*/) noexcept override {}
};

}  // namespace detail

/// Runs all of them to their ends; what each ended with, in the order given. An error ends none of
/// the others, and comes out of settled::value() only.
///
///     auto [mail, news] = co_await io::all_settled(std::move(first), std::move(second));
///     if (mail) show(mail.value());
///
/// **Cancellation** reaches all of them, so that each ends with net::stopped which did not end just
/// then; the task that awaits them learns of it at its next step.
template <class... Ts>
task<std::tuple<settled<Ts>...>> all_settled(task<Ts>... tasks) {
    detail::patient_group group;
    co_await group.opened();
    std::tuple<detail::task_member<Ts>...> members{
        typename detail::task_member<Ts>::seed{group, tasks}...};
    std::apply([](auto&... each) { (each.start(), ...); }, members);
    co_await group.joined();
    co_return std::apply(
        [](auto&... each) { return std::tuple<settled<Ts>...>(settled<Ts>(each)...); }, members);
}

/// The same with operations among them.
template <detail::work... Whats>
    requires(detail::no_task<Whats> || ...)
auto all_settled(Whats... whats) {
    return all_settled(detail::as_task(std::move(whats))...);
}

/// The same for as many as there are.
template <class T>
task<std::vector<settled<T>>> all_settled(std::vector<task<T>> tasks) {
    detail::patient_group group;
    co_await group.opened();
    std::deque<detail::task_member<T>> members;
    for (task<T>& one : tasks)
        members.emplace_back(typename detail::task_member<T>::seed{group, one});
    for (auto& each : members)
        each.start();
    co_await group.joined();
    std::vector<settled<T>> all;
    all.reserve(members.size());
    for (auto& each : members)
        all.emplace_back(each);
    co_return all;
}

}  // namespace zocalo::io
