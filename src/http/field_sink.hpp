// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

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
    /// They stand in the first `size` bytes.
    void keep(std::size_t size) {
        into_.text_.append(block_.substr(0, size));
        kept_ = true;
    }

 private:
    [[nodiscard]] std::uint32_t at(std::string_view part) const noexcept {
        return static_cast<std::uint32_t>(into_.text_.size() +
                                          static_cast<std::size_t>(part.data() - block_.data()));
    }

    fields& into_;
    std::string_view block_;
    bool kept_ = false;
};

}  // namespace zocalo::http::detail
