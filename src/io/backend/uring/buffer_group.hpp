// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "io/backend/uring/ring.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::io::detail {

/// Buffers of one size from which the kernel takes one when bytes arrive.
///
/// Few of them are provided at a time, so that those in use are in the cache; more when they were
/// not enough. A buffer is lent as a chunk and provided anew when that is gone. Chunks may outlive
/// the loop: the last one then takes the memory along.
class buffer_group final : public lender {
 public:
    struct shape {
        std::uint16_t id;        ///< the kernel's name for it
        std::uint32_t size;      ///< of one
        std::uint16_t first;     ///< how many are provided in the beginning
        std::uint16_t capacity;  ///< and at most; a power of two
    };

    /// Throws std::system_error when the kernel refuses.
    static buffer_group* make(ring& of, const shape& wanted) {
        return new buffer_group(of, wanted);
    }
    buffer_group(const buffer_group&) = delete;
    buffer_group& operator=(const buffer_group&) = delete;
    /// The ring is gone, and with it all that the kernel had.
    void abandon() noexcept;

    [[nodiscard]] std::uint16_t id() const noexcept { return shape_.id; }
    [[nodiscard]] std::uint32_t size() const noexcept { return shape_.size; }
    /// How many the kernel still has.
    [[nodiscard]] unsigned provided() const noexcept { return made_ - lent_; }

    /// The kernel put so many bytes into that buffer.
    std::byte* take(std::uint16_t number, std::size_t filled) noexcept;
    void give_back(std::byte* data) noexcept override;
    /// They were not enough: provides twice as many, up to the capacity.
    void grow() noexcept;

 private:
    buffer_group(ring& of, const shape& wanted);
    ~buffer_group();

    [[nodiscard]] std::byte* buffer(std::uint32_t number) const noexcept {
        return memory_ + std::size_t{number} * shape_.size;
    }
    [[nodiscard]] std::size_t memory_size() const noexcept {
        return std::size_t{shape_.size} * shape_.capacity;
    }
    [[nodiscard]] std::size_t table_size() const noexcept {
        return sizeof(io_uring_buf) * shape_.capacity;
    }
    void provide(std::uint32_t number) noexcept;
    void provide_up_to(std::uint32_t count) noexcept;

    shape shape_;
    std::byte* memory_ = nullptr;
    std::byte* table_memory_ = nullptr;
    io_uring_buf_ring* table_ = nullptr;
    std::uint32_t made_ = 0;  ///< buffers that were ever provided
    std::uint32_t lent_ = 0;
    bool abandoned_ = false;
};

}  // namespace zocalo::io::detail
