// SPDX-License-Identifier: MIT
#include "http/file_heads.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "zocalo/http/date.hpp"

namespace zocalo::http {

namespace {

/// Names are as long as a request's line may be; those of most files are shorter.
constexpr std::size_t longest_name = 256;

/// What a type says alone, where a name has one; browsers do not get to guess.
std::string content_type(const guessed_type& guessed) {
    constexpr std::array packed{
        std::pair{"gzip", "application/gzip"}, std::pair{"bzip2", "application/x-bzip2"},
        std::pair{"xz", "application/x-xz"}, std::pair{"zstd", "application/zstd"}};
    if (!guessed.coding.empty() && guessed.type != "image/svg+xml") {
        const auto* const found = std::ranges::find(
            packed, guessed.coding, [](const auto& each) { return std::string_view(each.first); });
        return found == packed.end() ? "application/octet-stream" : found->second;
    }
    if (guessed.type.empty()) return "application/octet-stream";
    std::string type(guessed.type);
    if (type.starts_with("text/") || type.ends_with("javascript")) type += "; charset=utf-8";
    return type;
}

/// Others may have said of what else a response depends.
void merge(const fields& made, fields& head) {
    if (head.empty()) {
        head = made;
        return;
    }
    for (const field each : made) {
        if (each.name != "Vary") {
            head.set(each.name, each.value);
        } else if (!head.lists("Vary", each.value)) {
            head.add("Vary", each.value);
        }
    }
}

}  // namespace

entity_tag tag_of(const serve::folder_entry& file, std::string_view coding) {
    std::string tag;
    for (const auto number : {static_cast<std::uint64_t>(file.modified.time_since_epoch().count()),
                              std::uint64_t{file.nanoseconds}, file.size}) {
        std::array<char, 16> digits{};
        auto* const end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
        tag.append(digits.begin(), end) += '-';
    }
    tag.pop_back();
    if (!coding.empty()) tag.append("-").append(coding);
    return entity_tag::strong(tag);
}

resource_state state_of(const serve::folder_entry& file, std::string_view coding) {
    return {.tag = tag_of(file, coding), .modified = file.modified};
}

fields file_heads::make(std::string_view name, const serve::folder_entry& file,
                        std::string_view coding) const {
    const guessed_type guessed = types_.guess(name);
    if (guessed.coding == "gzip" && guessed.type == "image/svg+xml") coding = "gzip";
    fields made;
    made.add("Content-Type", content_type(guessed)).add("X-Content-Type-Options", "nosniff");
    if (varies_ && guessed.coding.empty()) made.add("Vary", "Accept-Encoding");
    if (!coding.empty()) made.add("Content-Encoding", coding);
    made.add("Last-Modified", date_text(file.modified));
    if (!cache_.empty()) made.add("Cache-Control", cache_);
    made.add("ETag", tag_of(file, coding).to_string()).add("Accept-Ranges", "bytes");
    return made;
}

void file_heads::describe(std::string_view name, const serve::folder_entry& file,
                          std::string_view coding, fields& head) const {
    if (name.size() > longest_name) return merge(make(name, file, coding), head);
    const std::scoped_lock lock(mutex_);
    known& here = known_[std::hash<std::string_view>()(name) % known_.size()];
    const bool is_same = here.name == name && here.coding == coding && here.size == file.size &&
                         here.modified == file.modified && here.nanoseconds == file.nanoseconds &&
                         !here.head.empty();
    if (!is_same) {
        here = {std::string(name), std::string(coding), file.size,
                file.modified,     file.nanoseconds,    make(name, file, coding)};
    }
    merge(here.head, head);
}

}  // namespace zocalo::http
