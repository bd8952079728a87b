// SPDX-License-Identifier: MIT
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "http/folder.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

/// What a failed upload is to the client.
status status_of(const std::error_code& why) {
    if (why == std::errc::no_such_file_or_directory) return status::not_found;
    if (why == std::errc::invalid_argument) return status::bad_request;
    if (why == std::errc::filename_too_long) return status::bad_request;
    if (why == std::errc::file_exists) return status::conflict;
    if (why == std::errc::is_a_directory) return status::conflict;
    if (why == std::errc::permission_denied) return status::forbidden;
    if (why == std::errc::read_only_file_system) return status::forbidden;
    if (why == std::errc::no_space_on_device) return status::insufficient_storage;
    if (why == std::error_code(EDQUOT, std::system_category())) return status::insufficient_storage;
    if (why == std::errc::file_too_large) return status::content_too_large;
    return status::internal_server_error;
}

}  // namespace

void refuse_coded(exchange& asked) {
    const std::string coding = asked.request().fields.joined("Content-Encoding");
    if (coding.empty() || same_name(coding, "identity")) return;
    asked.response().fields.set("Accept-Encoding", "identity");
    throw status_error(status::unsupported_media_type);
}

io::task<upload> folder_service::begin_upload(std::string name) const {
    std::error_code why;
    try {
        const auto look = [folder = folder_, &name] { return folder->place(name); };
        serve::place_in_folder place = co_await io::spawn_blocking(look);
        // Nobody else reads it before it has the permissions of the file that it replaces.
        const std::uint32_t at_first = place.permissions() ? 0600 : 0666;
        io::durable_file file = co_await io::create_durable_file(place.path(), at_first);
        const int descriptor = file.contents().fileno();
        if (place.permissions() && descriptor >= 0) {
            const auto hand_on = [&place, descriptor] { place.hand_permissions_on(descriptor); };
            co_await io::spawn_blocking(hand_on);
        }
        co_return upload(std::move(place), std::move(file), options_.upload.longest);
    } catch (const std::system_error& error) {
        why = error.code();
    }
    throw status_error(status_of(why));
}

io::task<> upload::write(const_buffer data) {
    if (data.size() > longest_ - file_.size()) throw status_error(status::content_too_large);
    std::error_code why;
    try {
        co_await file_.write(data);
    } catch (const std::system_error& error) {
        why = error.code();
    }
    if (why) throw status_error(status_of(why));
}

io::task<> upload::settle() {
    std::error_code why;
    try {
        co_await file_.flush();
        co_await file_.contents().sync();
    } catch (const std::system_error& error) {
        why = error.code();
    }
    if (why) throw status_error(status_of(why));
}

io::task<> upload::keep(bool may_replace) {
    std::error_code why;
    try {
        co_await file_.keep(may_replace ? io::existing::replace : io::existing::refuse);
    } catch (const std::system_error& error) {
        why = error.code();
    }
    if (why) throw status_error(status_of(why));
}

/// A part of a file is nobody's to replace here (RFC 9110 §14.4). What the request says of the file
/// that is there is held against it twice: before anything comes, and before it is replaced.
io::task<> folder_service::put(exchange& asked) const {
    const std::string name = name_asked_for(asked);
    const fields& head = asked.request().fields;
    if (name.empty() || name.ends_with('/') || head.contains("Content-Range"))
        throw status_error(status::bad_request);
    refuse_coded(asked);
    const std::optional<serve::opened_entry> before = co_await find(name);
    refuse_what_is_said(asked, before ? &*before : nullptr);
    refuse_replacing(before ? &*before : nullptr);
    upload made = co_await begin_upload(name);
    for (;;) {
        const const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        co_await made.write(piece);
    }
    co_await made.settle();
    const std::optional<serve::opened_entry> meanwhile = co_await find(name);
    refuse_what_is_said(asked, meanwhile ? &*meanwhile : nullptr);
    co_await made.keep(before.has_value());
    const std::optional<serve::opened_entry> after = co_await find(name);
    if (after) asked.response().fields.set("ETag", tag_of(after->about(), {}).to_string());
    if (before) {
        asked.reply(status::no_content);
    } else {
        asked.response().fields.set("Location", options_.prefix + '/' + url::quote(name));
        asked.reply(status::created);
    }
}

void folder_service::refuse_what_is_said(const exchange& asked,
                                         const serve::opened_entry* there) const {
    const auto announced = asked.announced();
    if (announced && *announced > options_.upload.longest)
        throw status_error(status::content_too_large);
    const bool exists = there != nullptr && !there->about().is_folder();
    const resource_state state = exists
                                     ? state_of(there->about(), {})
                                     : resource_state{.exists = false, .tag = {}, .modified = {}};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const fields& request = asked.request().fields;
    if (check_preconditions(asked.request().method, request, state, now) != precondition::holds)
        throw status_error(status::precondition_failed);
}

void folder_service::refuse_replacing(const serve::opened_entry* there) const {
    if (there == nullptr) return;
    if (there->about().is_folder() || !options_.upload.overwrite)
        throw status_error(status::conflict, "something has that name already");
}

}  // namespace zocalo::http
