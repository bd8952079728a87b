// SPDX-License-Identifier: MIT
// Where the frames of tasks and the buffers of reads come from: lists of the calling thread, from
// which the one that was used last is taken first, for it is in the cache.
#include <array>
#include <cstddef>
#include <new>

#include "zocalo/io/chunk.hpp"
#include "zocalo/io/task.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ZOCALO_NO_REUSE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZOCALO_NO_REUSE 1
#endif
#endif
#ifndef ZOCALO_NO_REUSE
#define ZOCALO_NO_REUSE 0
#endif

namespace zocalo::io::detail {

namespace {

/// With AddressSanitizer every block is new, so that the use of a dead one shows.
constexpr bool reuse = ZOCALO_NO_REUSE == 0;

/// Blocks of one size that are free. It has no destructor, so that it may still be used while the
/// thread's other objects die.
class free_list {
 public:
    constexpr free_list() noexcept = default;

    void* take() noexcept {
        if (first_ == nullptr) return nullptr;
        block* const taken = first_;
        first_ = taken->next;
        --count_;
        return taken;
    }
    /// False when there are `limit` already.
    bool put(void* memory, std::size_t limit) noexcept {
        if (!reuse || count_ >= limit) return false;
        first_ = ::new (memory) block{first_};
        ++count_;
        return true;
    }

 private:
    struct block {
        block* next;
    };
    block* first_ = nullptr;
    std::size_t count_ = 0;
};

/// Blocks of 8, 24, 40, ... bytes, which with the 8 of the allocator's own waste nothing.
constexpr std::size_t step = 16;
constexpr std::size_t least = 8;
constexpr std::size_t sizes = 128;                         // frames up to 2 KiB
constexpr std::size_t kept_frames = 4096;                  // of each size
constexpr std::size_t kept_bytes = std::size_t{16} << 20;  // of all sizes together
constexpr std::align_val_t page{4096};                     // where the kernel copies fastest
/// 4 MiB: so many connections often have something at once, and each buffer beyond goes back to the
/// kernel and comes anew, page by page.
constexpr std::size_t kept_buffers = 64;

constexpr std::size_t list_for(std::size_t size) noexcept {
    return (size + step - 1 - least) / step;
}
constexpr std::size_t bytes_of(std::size_t list) noexcept {
    return list * step + least;
}

struct lists {
    std::array<free_list, sizes> frames;
    std::size_t frame_bytes = 0;
    free_list buffers;
};
lists& here() noexcept {
    static constinit thread_local lists mine;
    return mine;
}

enum class phase : unsigned char { beginning, running, ending };
phase& thread_is() noexcept {
    static constinit thread_local phase now = phase::beginning;
    return now;
}

/// Gives the lists' memory back when the thread ends.
class cleaner {
 public:
    cleaner() noexcept = default;
    cleaner(const cleaner&) = delete;
    cleaner& operator=(const cleaner&) = delete;
    ~cleaner() {
        for (std::size_t i = 0; i < sizes; ++i) {
            while (void* const frame = here().frames[i].take())
                ::operator delete(frame);
        }
        while (void* const buffer = here().buffers.take())
            ::operator delete(buffer, page);
        thread_is() = phase::ending;
    }
    void wake() const noexcept { thread_is() = phase::running; }
};

/// What is freed after the thread's end is not kept.
bool may_keep() noexcept {
    if (thread_is() == phase::running) return true;
    if (thread_is() == phase::ending) return false;
    static thread_local const cleaner at_end;
    at_end.wake();
    return true;
}

}  // namespace

void* allocate_frame(std::size_t size) {
    const std::size_t which = list_for(size);
    if (which >= sizes) return ::operator new(size);
    lists& mine = here();
    void* const known = mine.frames[which].take();
    if (known == nullptr) return ::operator new(bytes_of(which));
    mine.frame_bytes -= bytes_of(which);
    return known;
}

void free_frame(void* frame, std::size_t size) noexcept {
    const std::size_t which = list_for(size);
    if (which < sizes && may_keep()) {
        lists& mine = here();
        const std::size_t more = mine.frame_bytes + bytes_of(which);
        if (more <= kept_bytes && mine.frames[which].put(frame, kept_frames)) {
            mine.frame_bytes = more;
            return;
        }
    }
    ::operator delete(frame);
}

std::byte* take_buffer() {
    if (void* const known = here().buffers.take()) return static_cast<std::byte*>(known);
    return static_cast<std::byte*>(::operator new(chunk_size, page));
}

void put_buffer(std::byte* buffer) noexcept {
    if (may_keep() && here().buffers.put(buffer, kept_buffers)) return;
    ::operator delete(buffer, page);
}

}  // namespace zocalo::io::detail
