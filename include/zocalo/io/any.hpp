// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "zocalo/io/all.hpp"
#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/task.hpp"

/// Several tasks side by side, until one has ended.
namespace zocalo::io {

namespace detail {

/// The group of a race: remembers who came first, and ends the others.
class race final : public group {
 public:
    void arrived(member& who, const std::exception_ptr& error) noexcept override;
    [[nodiscard]] bool won_by(const member& who) const noexcept { return winner_ == &who; }

 private:
    const member* winner_ = nullptr;
};

/// The value of the winner, at its place in the variant.
template <class Variant, std::size_t... Places, class Members>
Variant winners_value(const race& race, Members& members, std::index_sequence<Places...>) {
    std::optional<Variant> value;
    const auto look = [&]<std::size_t Place>(auto& each) {
        if (race.won_by(each)) value.emplace(std::in_place_index<Place>, value_from(each));
    };
    (look.template operator()<Places>(std::get<Places>(members)), ...);
    return std::move(*value);
}

}  // namespace detail

/// Runs all of them until one ends; the others are cancelled, and waited for.
///
/// The value comes out at the place of that task in the variant, its error as an exception. What
/// the others end with is dropped.
template <class... Ts>
    requires(sizeof...(Ts) > 0)
task<std::variant<detail::value_of<Ts>...>> any(task<Ts>... tasks) {
    detail::race race;
    co_await race.opened();
    std::tuple<detail::task_member<Ts>...> members{
        typename detail::task_member<Ts>::seed{race, tasks}...};
    std::apply([](auto&... each) { (each.start(), ...); }, members);
    co_await race.joined();
    co_return detail::winners_value<std::variant<detail::value_of<Ts>...>>(
        race, members, std::index_sequence_for<Ts...>());
}

/// The same with operations among them: `io::any(peer.read(), stop.wait(), io::sleep(5s))`.
template <detail::work... Whats>
    requires(detail::no_task<Whats> || ...)
auto any(Whats... whats) {
    return any(detail::as_task(std::move(whats))...);
}

/// Who came first in a race of equals, and with what.
template <class T>
struct first_of {
    std::size_t place = 0;
    detail::value_of<T> value;
};

/// The same for as many as there are, at least one.
template <class T>
task<first_of<T>> any(std::vector<task<T>> tasks) {
    detail::race race;
    co_await race.opened();
    std::deque<detail::task_member<T>> members;
    for (task<T>& one : tasks)
        members.emplace_back(typename detail::task_member<T>::seed{race, one});
    for (auto& each : members)
        each.start();
    co_await race.joined();
    for (std::size_t place = 0; place < members.size(); ++place) {
        if (race.won_by(members[place])) {
            co_return first_of<T>{place, detail::value_from(members[place])};
        }
    }
    throw std::invalid_argument("any: no tasks");
}

}  // namespace zocalo::io
