// SPDX-License-Identifier: MIT
// A menu of Gopher becomes a gophermap, the file that servers make menus of, written anew: what the
// server has sent beside items might mean something there.
#include <stdexcept>
#include <utility>

#include "fetch/mirror_transfer.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/gopher/types.hpp"

namespace zocalo::program {

namespace {

std::string gophermap_of(std::string_view menu) {
    std::string made;
    for (const gopher::item& each : gopher::parse_menu(menu)) {
        try {
            made += gopher::to_line(each) + '\n';
        } catch (const std::invalid_argument&) {
            continue;  // a CR in a name, say
        }
    }
    return made;
}

class gopher_file final : public sink {
 public:
    gopher_file(mirror& of, std::optional<mirrored_file> file, std::string* menu)
        : of_(of), file_(std::move(file)), menu_(menu) {}

    io::task<> write(const_buffer data) override {
        of_.count(data.size());
        if (menu_ == nullptr) {
            co_await file_->file.write(data);
            co_return;
        }
        if (data.size() > longest_page - menu_->size())
            throw protocol_error("a menu of more than 8 MiB");
        *menu_ += data.text();
    }
    io::task<> finish() override {
        if (menu_ != nullptr) *menu_ = gophermap_of(*menu_);
        if (!file_) co_return;
        if (menu_ != nullptr) co_await file_->file.write(*menu_);
        io::task<> keeping = mirror_folder::keep(*file_, std::nullopt);
        co_await std::move(keeping);
        ++of_.counts.files;
    }
    [[nodiscard]] std::string path() const override { return file_ ? file_->path : std::string(); }

 private:
    mirror& of_;
    std::optional<mirrored_file> file_;
    std::string* menu_;
};

class gopher_transfer final : public mirror_transfer {
 public:
    using mirror_transfer::mirror_transfer;

 private:
    io::task<std::unique_ptr<sink>> open_sink(const http::response_stream*) override {
        text_.clear();
        const bool is_menu = gopher::location::from(page_.where).type == gopher::item_type::menu;
        kind_ = is_menu ? page_kind::menu : page_kind::none;
        std::string* const menu = is_menu ? &text_ : nullptr;
        if (!page_.is_kept) co_return std::make_unique<gopher_file>(of_, std::nullopt, menu);
        file_ = page_.name;
        io::task<mirrored_file> beginning = of_.folder().begin(page_.name);
        mirrored_file file = co_await std::move(beginning);
        co_return std::make_unique<gopher_file>(of_, std::move(file), menu);
    }

    /// Too common for a word about each of them.
    void miss_end(bool at_line_end) override {
        if (!at_line_end) transfer::miss_end(at_line_end);
        ++of_.counts.endless;
    }
};

}  // namespace

std::unique_ptr<mirror_transfer> make_gopher_transfer(session& with, mirror& of,
                                                      const context& shared, mirror_page page,
                                                      transfer_meter& meter) {
    return std::make_unique<gopher_transfer>(with, of, shared, std::move(page), meter);
}

}  // namespace zocalo::program
