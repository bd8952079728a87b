// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "fetch/get_request.hpp"
#include "fetch/session.hpp"
#include "fetch/sink.hpp"
#include "fetch/transfer_meter.hpp"
#include "zocalo/io/bandwidth.hpp"

namespace zocalo::program {

/// What became of one transfer, as far as it came.
struct transfer_report {
    std::string url;             ///< where it came from in the end
    std::string asked;           ///< what was asked for, without user and password
    std::size_t number = 0;      ///< of the transfer, among all
    http::response_head head;    ///< the last one
    std::uint64_t heads = 0;     ///< how long all of them are as text
    std::size_t redirects = 0;   ///< that were followed
    std::string path;            ///< the file, or empty
    unsigned status = 0;         ///< of HTTP
    std::string type;            ///< of the content
    std::uint64_t size = 0;      ///< of the content
    std::uint64_t sent = 0;      ///< of content
    std::uint64_t requests = 0;  ///< bytes of all of them, without files that were uploaded
    std::string referer;         ///< what the last one said
    bool is_unverified = false;  ///< nobody looked who the server was, or it was the wrong one
    std::vector<http::hop> hops;
    std::chrono::nanoseconds took{};
    std::string error;
    exit_code code = exit_code::ok;
    unsigned tries = 1;
};

/// One URL, from the request to the end of its content.
class transfer {
 public:
    /// `output`: the file of -o, or empty.
    transfer(session& with, const get_request& request, const context& shared, std::string url,
             std::string output, transfer_meter& meter);
    virtual ~transfer() = default;
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    /// Errors are told in the report.
    [[nodiscard]] io::task<> run();
    [[nodiscard]] const transfer_report& report() const noexcept { return report_; }

 protected:
    [[nodiscard]] virtual http::request make_request();
    /// Where the content goes. `answer` is null for other protocols than HTTP.
    [[nodiscard]] virtual io::task<std::unique_ptr<sink>> open_sink(
        const http::response_stream* answer);
    /// A text of Gopher came without its end.
    virtual void miss_end(bool at_line_end);

 private:
    [[nodiscard]] io::task<> attempt();
    [[nodiscard]] io::task<> fetch();
    [[nodiscard]] io::task<> fetch_gopher();
    [[nodiscard]] io::task<> fetch_local();
    [[nodiscard]] io::task<> fetch_whole();
    [[nodiscard]] std::string whole_path();
    [[nodiscard]] bool is_rest_there(const http::response_stream& answer) const;
    [[nodiscard]] http::body metered(http::body content);
    [[nodiscard]] bool is_upload() const noexcept { return !request_.content.upload.empty(); }
    [[nodiscard]] bool shows_heads() const noexcept {
        return request_.include || request_.head_only;
    }
    void settle_content(http::request& asked) const;
    [[nodiscard]] io::task<> check_length(http::request& asked) const;
    [[nodiscard]] io::task<> receive(http::response_stream& answer);
    void make_folder_of(const std::string& path) const;
    [[nodiscard]] std::string path_for(const http::response_stream* answer) const;
    [[nodiscard]] io::task<> pass_on(sink& to, const_buffer piece);
    [[nodiscard]] bool is_worth_another_try(const std::exception* error) const;
    void watch(http::request& asked);
    void count(const http::request_head& head);
    void write_heads();
    void check_redirect(const http::response_stream& answer) const;
    void check_size(std::uint64_t bytes) const;
    void refuse_redirect(const http::response_stream& answer);
    void keep_version(const http::response_stream& answer) const;
    void tell(const std::vector<http::hop>& hops) const;
    void keep_time(const http::fields& of) const;

    session& with_;
    const get_request& request_;
    const context& shared_;
    const std::string asked_;
    const std::string output_;
    const std::optional<std::uint64_t> offset_;  ///< -C OFFSET
    transfer_meter& meter_;
    std::unique_ptr<io::bandwidth> rate_;
    std::string heads_;          ///< of all responses, for -D, -i and -I
    std::uint64_t content_ = 0;  ///< bytes of it that each request has, but for an upload's
    transfer_report report_;
    bool has_read_input_ = false;  ///< of which there is no more
    timeout retry_after_ = timeout::none();
};

}  // namespace zocalo::program
