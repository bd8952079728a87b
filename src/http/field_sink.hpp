// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/fields.hpp"

namespace zocalo::http::detail {

/// Adds fields that stand in a block of text, which is copied once, when all of them are known.
class field_sink {
 public:
    field_sink(fields& into, std::string_view block) noexcept : into_(into), block_(block) {}
    field_sink(const field_sink&) = delete;
    field_sink& operator=(const field_sink&) = delete;
    /// Without keep() there are no fields at all.
    ~field_sink() {
        if (!kept_) into_.clear();
    }

    /// Views of the block, which were checked.
    void add(const field& one) {
        into_.places_.push_back({at(one.name), static_cast<std::uint32_t>(one.name.size()),
                                 at(one.value), static_cast<std::uint32_t>(one.value.size())});
    }
    /// Views of anything else, which were checked and are copied now.
    void add_apart(const field& one) {
        apart_.push_back({into_.places_.size(), std::string(one.name) += one.value});
        into_.places_.push_back({0, static_cast<std::uint32_t>(one.name.size()), 0,
                                 static_cast<std::uint32_t>(one.value.size())});
    }
    /// The former stand in the first `size` bytes.
    void keep(std::size_t size) {
        into_.text_.append(block_.substr(0, size));
        for (const apart& each : apart_) {
            fields::place& at = into_.places_[each.index];
            at.name_at = static_cast<std::uint32_t>(into_.text_.size());
            at.value_at = at.name_at + at.name_size;
            into_.text_ += each.text;
        }
        kept_ = true;
    }

 private:
    struct apart {
        std::size_t index;
        std::string text;  ///< a name and a value
    };

    [[nodiscard]] std::uint32_t at(std::string_view part) const noexcept {
        return static_cast<std::uint32_t>(into_.text_.size() +
                                          static_cast<std::size_t>(part.data() - block_.data()));
    }

    fields& into_;
    std::string_view block_;
    std::vector<apart> apart_;
    bool kept_ = false;
};

}  // namespace zocalo::http::detail
