// SPDX-License-Identifier: MIT
#include "sim/filing.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "io/backend/contract.hpp"
#include "sim/machine.hpp"
#include "sim/universe.hpp"

namespace zocalo::sim::detail {

using io::detail::file_operation;
using wanted = io::detail::file_operation::request;

namespace {

const char* verb_of(wanted which) noexcept {
    switch (which) {
        case wanted::open:
            return "open";
        case wanted::read:
            return "read";
        case wanted::write:
            return "write";
        case wanted::size:
            return "size of";
        case wanted::truncate:
            return "truncate";
        case wanted::begin_sync:
            return "begin to sync";
        case wanted::sync:
            return "sync";
        case wanted::link:
            return "link";
        case wanted::close:
            return "close";
        case wanted::rename:
            return "rename";
        case wanted::remove:
            return "remove";
    }
    return "use";
}

}  // namespace

/// A program that is dead removes nothing any more.
void simulated_file::drop_name(const std::string& path) noexcept {
    if (on_.is_up()) on_.files.files_->remove(path);
}

class filing::request final : public io::detail::timer_operation {
 public:
    request(filing& of, file_operation& what) noexcept : about(what), filing_(of) {}
    void complete() noexcept override { filing_.finish(*this); }

    file_operation& about;

 private:
    filing& filing_;
};

filing::filing(machine& of) noexcept : machine_(of) {}

filing::~filing() = default;

file_system& filing::files() const noexcept {
    return *machine_.files.files_;
}

void filing::begin(io::detail::backend& engine, file_operation& what) {
    request& made = *under_way_.emplace_back(std::make_unique<request>(*this, what));
    made.where = what.where;
    made.at = engine.now() + machine_.in.chance.up_to(machine_.files.latency_);
    made.now = io::detail::operation::state::waiting;
    engine.start(made);
    what.wait();
}

void filing::cancel(io::detail::backend& engine, file_operation& what) noexcept {
    const auto is_it = [&](const auto& each) { return &each->about == &what; };
    const auto found = std::ranges::find_if(under_way_, is_it);
    if (found == under_way_.end()) return;
    engine.stop(**found);
    under_way_.erase(found);
    engine.post_done(what, -ECANCELED);
}

void filing::finish(request& which) noexcept {
    file_operation& what = which.about;
    under_way_.remove_if([&](const auto& each) { return each.get() == &which; });
    what.result = static_cast<std::int32_t>(perform(what));
    note(what);
    what.now = io::detail::operation::state::done;
    what.complete();
}

long filing::open(file_operation& what) {
    auto made = std::make_unique<simulated_file>(machine_);
    const io::file_options& how = what.options;
    made->name = what.path;
    made->writable = how.writable || how.unnamed;
    made->append = how.append;
    if (how.unnamed) {
        made->contents = std::make_shared<file_system::file>();
    } else {
        const int result = files().open(made->name, how.create, how.must_be_new, made->contents);
        if (result < 0 && (result != -ENOENT || !files().is_folder(made->name))) return result;
        if (how.empty && made->contents != nullptr) files().resize(*made->contents, 0);
    }
    what.made = std::move(made);
    return 0;
}

long filing::transfer(file_operation& what, simulated_file& on) {
    if (on.contents == nullptr) return -EISDIR;
    file_system::file& contents = *on.contents;
    const auto offset = static_cast<std::size_t>(what.offset);
    if (what.wanted == wanted::write) {
        if (!on.writable) return -EBADF;
        const const_buffer data(what.data, what.size);
        return files().write_at(contents, on.append ? contents.now.size() : offset, data.text());
    }
    const std::size_t count =
        std::min(what.size, contents.now.size() - std::min(offset, contents.now.size()));
    if (count > 0) std::memcpy(what.data, contents.now.data() + offset, count);
    return static_cast<long>(count);
}

long filing::perform_on(file_operation& what, simulated_file& on) {
    switch (what.wanted) {
        case wanted::read:
        case wanted::write:
            return transfer(what, on);
        case wanted::size:
            what.value = on.contents == nullptr ? 0 : on.contents->now.size();
            return 0;
        case wanted::truncate:
            if (on.contents == nullptr || !on.writable) return -EINVAL;
            return files().resize(*on.contents, static_cast<std::size_t>(what.offset));
        case wanted::sync:
            if (on.contents == nullptr) {
                files().sync_names_in(on.name);
            } else {
                file_system::sync(*on.contents);
            }
            return 0;
        case wanted::link:
            return on.contents == nullptr ? -EPERM : files().link(on.contents, what.target);
        default:
            return 0;
    }
}

long filing::perform(file_operation& what) {
    switch (what.wanted) {
        case wanted::open:
            return open(what);
        case wanted::rename:
            return files().rename(what.path, what.target);
        case wanted::remove:
            return files().remove(what.path);
        default:
            return perform_on(what, static_cast<simulated_file&>(*what.file));
    }
}

/// A line in the trace: `write file "x" (20 bytes)`. What failed has its own.
void filing::note(const file_operation& what) const {
    const std::string name = what.file == nullptr
                                 ? std::string(what.path)
                                 : static_cast<const simulated_file&>(*what.file).name;
    std::string verb = verb_of(what.wanted);
    if (what.result < 0) verb += " failed:";
    const bool moves = what.wanted == wanted::read || what.wanted == wanted::write;
    const int moved = moves ? std::max(what.result, 0) : 0;
    machine_.note_file(std::move(verb), name, static_cast<std::size_t>(moved));
}

}  // namespace zocalo::sim::detail
