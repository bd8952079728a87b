// SPDX-License-Identifier: MIT
#pragma once

/// How the numbers of the public option headers are held against the system's headers: a table of
/// lines per level, and one static_assert.
namespace zocalo::net {

struct checked_option {
    int level;
    int name;
    int system_level;
    int system_name;
};

template <class Option>
consteval checked_option check(int system_level, int system_name) {
    return {Option::level, Option::name, system_level, system_name};
}

template <class Table>
consteval bool options_agree(const Table& table) {
    for (const checked_option& entry : table) {
        if (entry.level != entry.system_level || entry.name != entry.system_name) return false;
    }
    return true;
}

}  // namespace zocalo::net
