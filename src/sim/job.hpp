// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "sim/process.hpp"

namespace zocalo::sim::detail {

/// A task that somebody started on a host, and the fiber that it runs in.
class process::job final : public io::detail::fiber {
 public:
    job(process& of, io::task<> what, std::string name, role as) noexcept
        : fiber(static_cast<backend&>(of)),
          process_(of),
          task_(std::move(what)),
          name_(std::move(name)),
          role_(as) {}
    job(const job&) = delete;
    job& operator=(const job&) = delete;
    ~job() = default;

    /// First to begin, then when the task has ended.
    void complete() noexcept override {
        if (!begun_) {
            begun_ = true;
            if (cancelled()) {
                std::move(task_).discard();
            } else if (task_.begin(*this)) {
                return;
            } else {
                error_ = task_.error();
            }
        } else {
            error_ = task_.error();
        }
        process_.ended(*this);
    }

    std::shared_ptr<outcome> end;  ///< who wants to know
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] role as() const noexcept { return role_; }
    [[nodiscard]] bool has_begun() const noexcept { return begun_; }

 private:
    process& process_;
    io::task<> task_;
    std::string name_;
    role role_;
    bool begun_ = false;
    std::exception_ptr error_;
};

}  // namespace zocalo::sim::detail
