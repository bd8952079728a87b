// SPDX-License-Identifier: MIT
// Gopher's engines: only the declared errors; the same result however the bytes are split; what was
// read is written and read again the same; texts as a naive reader of whole texts sees them.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/gopher/client.hpp"
#include "zocalo/gopher/engine.hpp"
#include "zocalo/gopher/gophermap.hpp"

namespace {

namespace gopher = zocalo::gopher;

constexpr gopher::limits small{.request = 60, .line = 80, .answer = 2000, .items = 50};

// --- Requests

struct asked {
    std::optional<gopher::request> request;
    bool refused = false;
    friend bool operator==(const asked&, const asked&) = default;
};

asked read_request(std::string_view bytes, std::size_t piece) {
    gopher::request_reader reader(small);
    try {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
            if (auto found = reader.receive(bytes.substr(0, piece))) return {found, false};
        }
    } catch (const zocalo::protocol_error&) {
        return {std::nullopt, true};
    }
    return {};
}

void requests(std::string_view bytes) {
    const asked whole = read_request(bytes, bytes.size() + 1);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}})
        require(read_request(bytes, piece) == whole);
    if (!whole.request) return;
    require(read_request(to_line(*whole.request), 3).request == whole.request);
}

// --- Answers

struct answered {
    std::string data = {};
    bool complete = false;
    bool error = false;
    bool refused = false;
    friend bool operator==(const answered&, const answered&) = default;
};

answered read_answer(std::string_view bytes, std::size_t piece, gopher::transfer how, bool plus,
                     const gopher::limits& within = small) {
    gopher::answer_reader reader(how, plus, within);
    answered all;
    try {
        for (; !bytes.empty() && !reader.has_ended();
             bytes.remove_prefix(std::min(piece, bytes.size()))) {
            reader.receive(bytes.substr(0, piece));
            all.data += reader.take();
        }
        reader.end_of_stream();
        all.data += reader.take();
    } catch (const zocalo::protocol_error&) {
        answered refused;
        refused.refused = true;
        return refused;
    }
    all.complete = reader.is_complete();
    all.error = reader.is_error();
    return all;
}

/// The oracle: a whole text, cut at its dot, line by line. Limits are none of its business.
answered naive_text(std::string_view bytes) {
    answered all;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        std::string line(bytes.substr(0, end));
        const bool ended = end != std::string_view::npos;
        bytes.remove_prefix(ended ? end + 1 : bytes.size());
        if (ended && line.ends_with('\r')) line.pop_back();
        all.complete = ended && line == ".";
        if (line == ".") return all;
        if (line.starts_with("..")) line.erase(0, 1);
        all.data += line;
        if (ended) all.data += '\n';
    }
    return all;
}

/// A piece of the size of everything is more than the limit where small ones would end before.
void answers(std::string_view bytes) {
    using gopher::transfer;
    for (const transfer how : {transfer::text, transfer::bytes}) {
        for (const bool plus : {false, true}) {
            const answered whole = read_answer(bytes, bytes.size() + 1, how, plus);
            if (whole.refused) continue;
            for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}})
                require(read_answer(bytes, piece, how, plus) == whole);
            if (how == transfer::text && !plus) require(whole == naive_text(bytes));
            if (how == transfer::bytes && !plus) require(whole.data == bytes);
        }
    }
}

// --- What lines mean

void items(const std::string& text) {
    gopher::menu all;
    try {
        all = gopher::parse_menu(text, 50);
    } catch (const zocalo::protocol_error&) {
        return;
    }
    for (const auto& map : {all, gopher::parse_gophermap(text, {"/a", "h", 70})}) {
        for (const gopher::item& each : map) {
            try {
                const auto again = gopher::parse_item(to_line(each));
                require(again == each);
            } catch (const std::invalid_argument&) {
                require(text.find_first_of(std::string_view("\0\r\t", 3)) != std::string::npos);
            }
        }
    }
    (void)gopher::parse_attributes(text);
}

void locations(const std::string& text) {
    try {
        const auto there = gopher::location::parse("gopher://h/" + text);
        require(gopher::location::from(there.to_uri()) == there);
        require(to_line(there.request).find('\n') == to_line(there.request).size() - 1);
    } catch (const std::invalid_argument&) {
        return;
    }
}

/// With the limits of those who set none, piece by piece.
void pass(const std::string& text) {
    using gopher::transfer;
    for (const transfer how : {transfer::text, transfer::bytes}) {
        for (const bool plus : {false, true})
            (void)read_answer(text, 64, how, plus, {});
    }
    (void)gopher::parse_gophermap(text, {"/a", "h", 70});
    (void)gopher::parse_attributes(text);
    try {
        (void)gopher::parse_menu(text, SIZE_MAX);
    } catch (const zocalo::protocol_error&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    requests(text);
    answers(text);
    items(text);
    locations(text);
    linear::require_linear(text, pass);
    return 0;
}
