// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/cgi/cgi_environment.hpp"
#include "http/cgi/cgi_spool.hpp"
#include "zocalo/http/cgi.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/process.hpp"

namespace zocalo::http::detail {

/// A program that answers one request.
class cgi_run {
 public:
    /// Starts it. Throws as io::process does.
    cgi_run(const cgi_options& how, exchange& asked, const cgi_script& which);

    [[nodiscard]] io::task<> run();

 private:
    [[nodiscard]] io::task<> talk();
    [[nodiscard]] io::task<> feed();
    [[nodiscard]] io::task<> take_content();
    [[nodiscard]] io::task<> give_content();
    [[nodiscard]] io::task<> answer();
    [[nodiscard]] io::task<> finish();
    [[nodiscard]] io::task<bool> hear_more();
    [[nodiscard]] io::task<> hear_complaints();
    [[nodiscard]] io::task<> watch();
    void begin(std::size_t end_of_head);
    void pass_complaint(std::string_view line);

    const cgi_options& how_;
    exchange& asked_;
    const bool writes_all_;
    io::process program_;
    cgi_spool content_;  ///< that has come, and that the program has not read
    std::string heard_;  ///< and not passed on
    bool has_ended_ = false;
    bool client_left_ = false;
    io::event fed_;  ///< all of the client's content has come
    std::size_t complaints_ = 0;
};

}  // namespace zocalo::http::detail
