// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "http/file_heads.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/http/folder.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/serve/folder.hpp"

namespace zocalo::http {

/// A file as it will be sent.
struct chosen_file {
    serve::opened_entry file;
    std::string_view coding;  ///< empty: as it is
};

/// A file that comes in. What goes wrong is a status_error.
class upload {
 public:
    upload(serve::place_in_folder where, io::durable_file file, std::uint64_t longest) noexcept
        : where_(std::move(where)), file_(std::move(file)), longest_(longest) {}

    [[nodiscard]] io::task<> write(const_buffer data);
    /// Everything is on the disk; what is left to do takes no time.
    [[nodiscard]] io::task<> settle();
    [[nodiscard]] io::task<> keep(bool may_replace);

 private:
    serve::place_in_folder where_;
    io::durable_file file_;
    std::uint64_t longest_;
};

/// Answers for a folder. What the kernel has in memory is answered at once, on the loop; what it
/// has to look for, on another thread.
class folder_service {
 public:
    explicit folder_service(const folder_options& options);

    [[nodiscard]] io::task<> get(exchange& asked) const;
    [[nodiscard]] io::task<> put(exchange& asked) const;
    [[nodiscard]] io::task<> post(exchange& asked) const;

 private:
    /// Nothing when there is none, for visitors.
    [[nodiscard]] io::task<std::optional<serve::opened_entry>> find(std::string name) const;

    [[nodiscard]] io::task<> answer_folder(exchange& asked, std::string name) const;
    [[nodiscard]] io::task<> answer_list(exchange& asked, std::string name) const;
    [[nodiscard]] io::task<> answer_file(exchange& asked, serve::opened_entry file,
                                         std::string name) const;
    [[nodiscard]] io::task<> choose_sibling(const exchange& asked, std::string name,
                                            chosen_file& chosen) const;
    /// Adds to `names` each file of a form that is there.
    [[nodiscard]] io::task<> take_files(exchange& asked, std::string folder,
                                        std::string& names) const;
    [[nodiscard]] io::task<upload> begin_upload(std::string name) const;
    /// Throws status_error where a request may not put a file there: by what it says, and because
    /// there is something.
    void refuse_what_is_said(const exchange& asked, const serve::opened_entry* there) const;
    void refuse_replacing(const serve::opened_entry* there) const;
    void redirect(exchange& asked, std::string_view name) const;

    folder_options options_;
    std::shared_ptr<const serve::folder> folder_;
    file_heads heads_;
};

/// Throws status_error (415) for content in a coding: a file is kept as it is sent, and nobody
/// would know (RFC 9110 §8.4).
void refuse_coded(exchange& asked);

/// The path that a request names, decoded, without slashes before it. Throws status_error (400)
/// where a slash was encoded: that is no part of a name, and routes and filters have not seen it.
[[nodiscard]] std::string name_asked_for(const exchange& asked);

}  // namespace zocalo::http
