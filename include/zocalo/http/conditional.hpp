// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

/// Requests that hold only if something has changed, or has not (RFC 9110 §13).
namespace zocalo::http {

class fields;
class method;

/// The name of one state of a resource: `"33a64df5"`, or `W/"33a64df5"` (RFC 9110 §8.8.3).
class entity_tag {
 public:
    /// `opaque` is what stands between the quotes. Throws std::invalid_argument for quotes, spaces
    /// and control characters.
    static entity_tag strong(std::string_view opaque) { return {opaque, false}; }
    /// One that stays when nothing that matters has changed.
    static entity_tag weak(std::string_view opaque) { return {opaque, true}; }
    /// The value of an ETag field; nothing when it is none.
    static std::optional<entity_tag> try_parse(std::string_view text);

    [[nodiscard]] const std::string& opaque() const noexcept { return opaque_; }
    [[nodiscard]] bool is_weak() const noexcept { return is_weak_; }
    [[nodiscard]] std::string to_string() const;

    /// By spelling. See is_same() and is_alike().
    friend bool operator==(const entity_tag&, const entity_tag&) = default;

 private:
    entity_tag(std::string_view opaque, bool is_weak);

    std::string opaque_;
    bool is_weak_ = false;
};

std::ostream& operator<<(std::ostream& out, const entity_tag& value);

/// Whether the content is the same in every byte: both strong (RFC 9110 §8.8.3.2).
[[nodiscard]] inline bool is_same(const entity_tag& a, const entity_tag& b) noexcept {
    return !a.is_weak() && a == b;
}
/// Whether one does for the other: weak ones, too.
[[nodiscard]] inline bool is_alike(const entity_tag& a, const entity_tag& b) noexcept {
    return a.opaque() == b.opaque();
}

/// What a server knows of the resource that a request is for.
struct resource_state {
    bool exists = true;
    std::optional<entity_tag> tag = {};                     ///< as it is sent in ETag
    std::optional<std::chrono::sys_seconds> modified = {};  ///< as it is sent in Last-Modified
};

enum class precondition : std::uint8_t {
    holds,         ///< do as if there was none
    not_modified,  ///< answer 304: the client has it already
    failed,        ///< answer 412, and do nothing
};

/// What If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since say, in the order of
/// RFC 9110 §13.2.2.
///
/// Ask when the request would otherwise be answered with 2xx, before anything is done. Tags and
/// dates that make no sense are those of nothing: such an If-Match fails, the other three are as if
/// they were not there. `now` is for dates with years of two digits.
[[nodiscard]] precondition check_preconditions(const method& what, const fields& request,
                                               const resource_state& current,
                                               std::chrono::sys_seconds now);

/// Whether Range counts: If-Range is not there, or names the resource as it is (RFC 9110 §13.1.5).
///
/// A date counts when it is exactly Last-Modified, and that was more than a second before `now`:
/// within a second, there may have been two states (RFC 9110 §8.8.2.2).
[[nodiscard]] bool range_counts(const fields& request, const resource_state& current,
                                std::chrono::sys_seconds now);

}  // namespace zocalo::http
