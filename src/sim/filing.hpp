// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "io/backend/file_operation.hpp"
#include "sim/file_system.hpp"
#include "zocalo/io/detail/operation.hpp"

namespace zocalo::sim::detail {

struct machine;

/// What a program on a host has open: a file of the host's disk, or a folder.
class simulated_file final : public io::detail::opened_file {
 public:
    explicit simulated_file(machine& on) noexcept
        : opened_file(io::detail::realm::simulated), on_(on) {}
    void drop_name(const std::string& path) noexcept override;

    std::string name;
    file_system::shared_file contents;  ///< none: it is a folder
    bool writable = false;
    bool append = false;

 private:
    machine& on_;
};

/// Operations on files that are under way: each takes a little time, and happens at its end.
class filing {
 public:
    explicit filing(machine& of) noexcept;
    filing(const filing&) = delete;
    filing& operator=(const filing&) = delete;
    ~filing();

    void begin(io::detail::backend& engine, io::detail::file_operation& what);
    void cancel(io::detail::backend& engine, io::detail::file_operation& what) noexcept;

 private:
    class request;
    void finish(request& which) noexcept;
    [[nodiscard]] file_system& files() const noexcept;
    long perform(io::detail::file_operation& what);
    long perform_on(io::detail::file_operation& what, simulated_file& on);
    long open(io::detail::file_operation& what);
    long transfer(io::detail::file_operation& what, simulated_file& on);
    void note(const io::detail::file_operation& what) const;

    machine& machine_;
    std::list<std::unique_ptr<request>> under_way_;
};

}  // namespace zocalo::sim::detail
