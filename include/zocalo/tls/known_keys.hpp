// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

/// Keys that servers have shown before: trust on first use, as ssh has it.
///
/// Nobody vouches for the first key that a server shows: an attacker who is there then is believed,
/// and found out when he is gone. From then on the server has to show that key and no other.
namespace zocalo::tls {

/// A file of them: a line `HOST:PORT sha256//PIN` for each server (certificate::key_pin()); empty
/// lines, and those that begin with `#`, are for people.
///
/// Each change writes a new file and puts it in the place of the old one (mode 0600), so that
/// readers see all of either; several processes may use the same file. **Threads.** Any.
class known_keys {
 public:
    /// Reads the file; none is an empty one. Throws std::system_error when it cannot be read, and
    /// std::invalid_argument that names the line that is none.
    explicit known_keys(std::string path);
    known_keys(const known_keys&) = delete;
    known_keys& operator=(const known_keys&) = delete;

    /// The pin of that server's key; nothing when it was never seen. Case does not count in hosts.
    [[nodiscard]] std::optional<std::string> find(std::string_view host, std::uint16_t port) const;

    /// Remembers the key of a server that has none here; the pin that is known from then on, which
    /// is another one when another process was first. Blocks. Throws std::system_error when the
    /// file cannot be written, std::invalid_argument when it has come to hold a line that is none.
    std::string learn(std::string_view host, std::uint16_t port, std::string_view pin);
    /// The server has a new key, as its owner says: whatever it shows next is believed again.
    /// Blocks and throws as learn(); false when there was none.
    bool forget(std::string_view host, std::uint16_t port);

 private:
    using table = std::map<std::string, std::string, std::less<>>;
    template <class Change>
    void rewrite(Change change);

    const std::string path_;
    mutable std::mutex mutex_;
    table pins_;
};

}  // namespace zocalo::tls
