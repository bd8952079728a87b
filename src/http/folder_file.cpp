// SPDX-License-Identifier: MIT
// A small file is read before anything is said, and goes out with its head in one piece. Of a
// large one its beginning does; the rest goes from the kernel's memory to the socket, or where that
// cannot be, is read and written in pieces, through a buffer of the loop that is still in the
// processor's cache.
#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "http/folder.hpp"
#include "zocalo/http/conditional.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::http {

namespace {

constexpr std::uint64_t largest_whole = std::uint64_t{32} * 1024;
/// So much of a larger one goes out in one piece with its head.
constexpr std::size_t with_head = std::size_t{16} * 1024;

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// Fills `into` from the file, or less at its end.
io::task<std::size_t> read(const serve::opened_entry& file, std::uint64_t at, mutable_buffer into) {
    const std::size_t had = file.read_at_now(at, into);
    if (had == into.size()) co_return had;
    const auto read_rest = [&file, at, had, into] {
        return file.read_at(at + had, into.without(had));
    };
    const std::size_t rest = co_await io::spawn_blocking(read_rest);
    co_return had + rest;
}

/// Nobody may take the rest for nothing: the connection ends without it.
void refuse_shorter(std::size_t got, std::size_t wanted) {
    if (got < wanted) throw std::runtime_error("a file has become shorter while it was sent");
}

io::task<> send_whole(exchange& asked, const serve::opened_entry& file, std::size_t size) {
    std::string content(size, '\0');
    const std::size_t got = co_await read(file, 0, mutable_buffer(content));
    refuse_shorter(got, size);
    asked.reply(content, {});
}

/// A part of a file, of a response that has begun.
io::task<> send_part(exchange& asked, const serve::opened_entry& file, byte_range part) {
    std::byte* const buffer = io::detail::take_buffer();
    const io::chunk owner(buffer, io::detail::chunk_size);
    std::size_t most = with_head;
    for (std::uint64_t at = part.first; at <= part.last; most = io::detail::chunk_size) {
        const std::uint64_t left = part.last - at + 1;
        std::uint64_t moved = 0;
        if (at != part.first) moved = co_await asked.send_cached(file, at, left);
        at += moved;
        if (moved > 0) continue;
        const std::size_t wanted = std::min<std::uint64_t>(most, left);
        const mutable_buffer room(buffer, wanted);
        const std::size_t got = co_await read(file, at, room);
        refuse_shorter(got, wanted);
        const const_buffer data(buffer, got);
        co_await asked.write(data);
        at += got;
    }
}

/// Whatever is longer than what goes out in one piece.
io::task<> send_one(exchange& asked, const serve::opened_entry& file, byte_range part) {
    asked.begin(part.size());
    if (asked.request().method != method::head) co_await send_part(asked, file, part);
}

io::task<> send_several(exchange& asked, const serve::opened_entry& file,
                        std::vector<byte_range> parts) {
    fields& head = asked.response().fields;
    const std::string type(head.get("Content-Type"));
    const multipart_ranges all(std::move(parts), file.about().size, type, make_boundary());
    head.set("Content-Type", all.content_type());
    asked.begin(all.content_size());
    for (std::size_t i = 0; i < all.parts().size(); ++i) {
        const std::string before = all.head(i);
        co_await asked.write(before);
        co_await send_part(asked, file, all.parts()[i]);
    }
    const std::string end = all.tail();
    co_await asked.write(end);
}

/// All of it, or the parts that are asked for.
io::task<> send(exchange& asked, const serve::opened_entry& file, std::string_view wanted) {
    const std::uint64_t size = file.about().size;
    chosen_ranges chosen = choose_ranges(wanted, size);
    response_head& head = asked.response();
    if (chosen.answer == range_answer::none) {
        head.fields.set("Content-Range", content_range{.part = {}, .size = size}.to_string());
        head.fields.remove("Cache-Control");
        asked.reply(status::range_not_satisfiable);
        co_return;
    }
    if (chosen.answer == range_answer::partial) head.status = status::partial_content;
    if (chosen.parts.size() > 1) {
        co_await send_several(asked, file, std::move(chosen.parts));
        co_return;
    }
    if (chosen.answer == range_answer::partial) {
        const content_range part{.part = chosen.parts.front(), .size = size};
        head.fields.set("Content-Range", part.to_string());
        co_await send_one(asked, file, chosen.parts.front());
    } else if (size > largest_whole) {
        const byte_range all{.first = 0, .last = size - 1};
        co_await send_one(asked, file, all);
    } else {
        co_await send_whole(asked, file, static_cast<std::size_t>(size));
    }
}

/// The end of a file's name in a coding.
struct sibling {
    std::string_view coding;
    std::string_view ending;
};
constexpr std::array siblings{sibling{"br", ".br"}, sibling{"zstd", ".zst"},
                              sibling{"gzip", ".gz"}};

/// Whether it asks for less than all of a file, or for nothing of it, by what it says.
bool is_conditional(const fields& request) noexcept {
    return std::ranges::any_of(request, [](const field& each) {
        return same_name(each.name, "Range") || same_name(each.name.substr(0, 3), "If-");
    });
}

}  // namespace

/// The best coding that is there and not older than the file itself.
io::task<> folder_service::choose_sibling(const exchange& asked, std::string name,
                                          chosen_file& chosen) const {
    std::array<sibling, siblings.size()> left = siblings;
    std::size_t size = left.size();
    while (size > 0) {
        std::array<std::string_view, siblings.size()> names;
        std::ranges::transform(left, names.begin(), &sibling::coding);
        const auto wanted = asked.request().fields.find("Accept-Encoding");
        const auto best = choose_coding(wanted, std::span(names).first(size));
        if (!best) co_return;
        const sibling one = left.at(*best);
        std::optional<serve::opened_entry> found = co_await find(name + std::string(one.ending));
        if (found && !found->about().is_folder() &&
            found->about().modified >= chosen.file.about().modified) {
            chosen.file = *std::move(found);
            chosen.coding = one.coding;
            co_return;
        }
        std::shift_left(left.begin() + static_cast<std::ptrdiff_t>(*best), left.end(), 1);
        --size;
    }
}

io::task<> folder_service::answer_file(exchange& asked, serve::opened_entry file,
                                       std::string name) const {
    chosen_file chosen{std::move(file), {}};
    const request_head& request = asked.request();
    if (options_.precompressed && request.fields.contains("Accept-Encoding") &&
        !heads_.is_coded(name))
        co_await choose_sibling(asked, name, chosen);
    fields& head = asked.response().fields;
    heads_.describe(name, chosen.file.about(), chosen.coding, head);
    if (!is_conditional(request.fields)) {
        const std::string* const content = chosen.file.content();
        if (content != nullptr) {
            asked.reply(*content, {});
        } else {
            co_await send(asked, chosen.file, {});
        }
        co_return;
    }
    const resource_state state{.tag = entity_tag::try_parse(head.get("ETag")),
                               .modified = chosen.file.about().modified};
    const auto found = check_preconditions(request.method, request.fields, state, now());
    if (found != precondition::holds) {
        head.remove("Content-Type");
        head.remove("Content-Encoding");
        if (found == precondition::failed) head.remove("Cache-Control");
        asked.reply(found == precondition::failed ? status::precondition_failed
                                                  : status::not_modified);
        co_return;
    }
    const bool in_parts =
        request.method == method::get && range_counts(request.fields, state, now());
    const std::string wanted = in_parts ? request.fields.joined("Range") : std::string();
    co_await send(asked, chosen.file, wanted);
}

}  // namespace zocalo::http
