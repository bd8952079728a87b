// SPDX-License-Identifier: MIT
#include "zocalo/http/parse_fields.hpp"

#include "zocalo/http/detail/field_reader.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http {

fields parse_fields(std::string_view text, const limits& within) {
    detail::field_reader reader;
    fields all;
    const auto done = reader.read(text, all, nullptr, within);
    if (!done.is_done && done.used != text.size())
        throw bad_message(status::bad_request, "a line of fields that does not end in CR LF");
    return all;
}

}  // namespace zocalo::http
