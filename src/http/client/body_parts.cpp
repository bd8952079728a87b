// SPDX-License-Identifier: MIT
#include "http/client/body_parts.hpp"

#include <stdexcept>
#include <utility>

namespace zocalo::http::detail {

body_parts::body_parts(std::vector<body_part> parts) {
    contents_.reserve(parts.size());
    for (body_part& each : parts) {
        around_.add_stream(each.name, each.file_name, std::nullopt, each.content.type());
        contents_.push_back(std::move(each.content));
    }
}

io::task<std::vector<content_size>> body_parts::sizes() const {
    std::vector<content_size> all;
    for (const body& each : contents_) {
        io::task<content_size> asking = each.size();
        const content_size size = co_await std::move(asking);
        all.push_back(size);
    }
    co_return all;
}

content_size body_parts::total(const std::vector<content_size>& sizes) const {
    std::uint64_t all = around_.tail().size();
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (!sizes[i]) return std::nullopt;
        all += around_.parts()[i].head.size() + *sizes[i];
    }
    return all;
}

io::task<content_size> body_parts::size() const {
    io::task<std::vector<content_size>> asking = sizes();
    const std::vector<content_size> all = co_await std::move(asking);
    co_return total(all);
}

io::task<> body_parts::write_to(body_writer& to, content_size announced) const {
    io::task<std::vector<content_size>> asking = sizes();
    const std::vector<content_size> all = co_await std::move(asking);
    if (total(all) != announced)
        throw std::runtime_error("a part of the form has another size now");
    for (std::size_t i = 0; i < all.size(); ++i) {
        io::task<> writing = to.write(around_.parts()[i].head);
        co_await std::move(writing);
        writing = contents_[i].write_to(to, all[i]);
        co_await std::move(writing);
    }
    const std::string tail = around_.tail();
    io::task<> ending = to.write(tail);
    co_await std::move(ending);
}

}  // namespace zocalo::http::detail
