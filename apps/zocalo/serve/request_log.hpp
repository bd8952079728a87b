// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "serve/log_file.hpp"
#include "serve/monitor.hpp"
#include "zocalo/gopher/server.hpp"
#include "zocalo/http/server.hpp"

namespace zocalo::program {

struct context;

/// Where each request is told of, whatever was spoken and whatever became of it: to the file of
/// --log, to who watches, and with -v if it was none. **Threads.** Any, once it is open.
class request_log {
 public:
    request_log(monitor& watched, const context& shared) : watched_(watched), shared_(shared) {}

    /// `format` is that of --log-format. Throws file_error.
    void open(const std::string& path, std::string_view format);
    void reopen() { file_.reopen(); }

    void answered(const http::exchange& asked, http::status answer);
    void answered(const std::optional<gopher::request>& asked, const gopher::reply& given);
    /// That was the answer to who had not asked yet, or not to the end.
    void told(const serve::peer& who, http::status answer, bool in_gopher);

 private:
    enum class format { fields, common, combined };

    void complain(const serve::peer& who, const std::string& what) const;
    void write(const serve::web_log_entry& entry);

    monitor& watched_;
    const context& shared_;
    log_file file_;
    format format_ = format::fields;
    bool is_open_ = false;
};

}  // namespace zocalo::program
