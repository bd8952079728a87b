// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/task.hpp"

/// Several tasks side by side, until all have ended.
namespace zocalo::io {

namespace detail {

/// What stands for the value of a task in a tuple or variant: std::monostate for none.
template <class T>
using value_of = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
value_of<T> value_from(task_member<T>& ended) {
    if constexpr (std::is_void_v<T>) {
        ended.take();
        return {};
    } else {
        return ended.take();
    }
}

}  // namespace detail

/// Runs all of them; their values as a tuple, std::monostate for a task without one.
///
/// When one fails the others are cancelled, and its error comes out when they have ended. Each runs
/// in the order given until it first waits.
template <class... Ts>
task<std::tuple<detail::value_of<Ts>...>> all(task<Ts>... tasks) {
    detail::plain_group group;
    co_await group.opened();
    std::tuple<detail::task_member<Ts>...> members{
        typename detail::task_member<Ts>::seed{group, tasks}...};
    std::apply([](auto&... each) { (each.start(), ...); }, members);
    co_await group.joined();
    group.rethrow();
    co_return std::apply([](auto&... each) { return std::tuple{detail::value_from(each)...}; },
                         members);
}

/// The same with operations among them: `io::all(listener.accept(), io::connect(where))`.
template <detail::work... Whats>
    requires(detail::no_task<Whats> || ...)
auto all(Whats... whats) {
    return all(detail::as_task(std::move(whats))...);
}

/// Runs as many as there are; their values in the same order.
template <class T>
    requires(!std::is_void_v<T>)
task<std::vector<T>> all(std::vector<task<T>> tasks) {
    detail::plain_group group;
    co_await group.opened();
    std::deque<detail::task_member<T>> members;
    for (task<T>& one : tasks)
        members.emplace_back(typename detail::task_member<T>::seed{group, one});
    for (auto& each : members)
        each.start();
    co_await group.joined();
    group.rethrow();
    std::vector<T> values;
    values.reserve(members.size());
    for (auto& each : members)
        values.push_back(each.take());
    co_return values;
}

/// The same for tasks without a value.
task<> all(std::vector<task<>> tasks);

}  // namespace zocalo::io
