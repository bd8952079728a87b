// SPDX-License-Identifier: MIT
#include "http/folder.hpp"

#include <utility>

#include "zocalo/http/routes.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

std::string said_of(const cache_options& how) {
    if (!how.max_age) return {};
    const std::chrono::seconds::rep age = how.max_age->count();
    if (age <= 0) return "no-cache";
    return "max-age=" + std::to_string(age) + (how.immutable ? ", immutable" : "");
}

}  // namespace

std::string name_asked_for(const exchange& asked) {
    const std::string_view path = asked.path();
    if (path.find("%2F") != std::string_view::npos || path.find("%2f") != std::string_view::npos)
        throw status_error(status::bad_request, "a slash that is encoded");
    std::string name = asked.parameter("path");
    name.erase(0, name.find_first_not_of('/'));
    return name;
}

folder_service::folder_service(const folder_options& options)
    : options_(options),
      folder_(std::make_shared<const serve::folder>(
          options.path,
          serve::folder_options{.hidden = options.hidden, .longest_list = options.longest_list})),
      heads_(media_types::of_system(), options.precompressed, said_of(options.cache)) {}

io::task<std::optional<serve::opened_entry>> folder_service::find(std::string name) const {
    std::error_code why;
    std::optional<serve::opened_entry> found = folder_->try_open_now(name, why);
    if (why == std::errc::resource_unavailable_try_again) {
        const auto look = [folder = folder_, &name, &why] { return folder->try_open(name, why); };
        found = co_await io::spawn_blocking(look);
    }
    if (why && why != std::errc::no_such_file_or_directory) throw std::system_error(why);
    co_return found;
}

io::task<> folder_service::get(exchange& asked) const {
    std::string name = name_asked_for(asked);
    const bool wants_folder = asked.path().ends_with('/');
    std::optional<serve::opened_entry> found = co_await find(name);
    if (!found || (wants_folder && !found->about().is_folder())) {
        asked.reply(status::not_found);
    } else if (!found->about().is_folder()) {
        co_await answer_file(asked, *std::move(found), std::move(name));
    } else if (!wants_folder) {
        redirect(asked, name);
    } else {
        co_await answer_folder(asked, std::move(name));
    }
}

/// Links in a folder's pages are relative to a path that ends in a slash. The path is made anew
/// from the name: as it was sent, `//host` would lead to another one.
void folder_service::redirect(exchange& asked, std::string_view name) const {
    std::string where = options_.prefix + '/' + url::quote(name);
    if (!where.ends_with('/')) where += '/';
    if (!asked.query().empty()) where.append("?").append(asked.query());
    asked.response().fields.set("Location", where);
    asked.reply(status::moved_permanently);
}

io::task<> folder_service::answer_folder(exchange& asked, std::string name) const {
    if (!options_.index.empty()) {
        std::string index = name;
        if (!index.empty() && !index.ends_with('/')) index += '/';
        index += options_.index;
        std::optional<serve::opened_entry> found = co_await find(index);
        if (found && !found->about().is_folder()) {
            co_await answer_file(asked, *std::move(found), std::move(index));
            co_return;
        }
    }
    if (options_.listing) {
        co_await answer_list(asked, std::move(name));
    } else {
        asked.reply(status::not_found);
    }
}

void add_folder(routes& to, const folder_options& options) {
    const auto service = std::make_shared<const folder_service>(options);
    const std::string pattern = options.prefix + "/{path...}";
    to.get(pattern, [service](exchange& asked) { return service->get(asked); });
    if (!options.upload.allowed) return;
    to.put(pattern, [service](exchange& asked) { return service->put(asked); });
    to.post(pattern, [service](exchange& asked) { return service->post(asked); });
}

}  // namespace zocalo::http
