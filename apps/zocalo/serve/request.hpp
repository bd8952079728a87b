// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <istream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "option_error.hpp"
#include "relay/key_password.hpp"
#include "serve/guarding.hpp"
#include "serve/hosting.hpp"
#include "zocalo/core/deadline.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

struct context;

/// Names of options, and where in a file they stand: "site.toml:3: log: ".
using said_where = std::map<std::string, std::string, std::less<>>;

/// What `serve` is asked for.
struct serve_request {
    std::string folder = ".";
    std::string directory;  ///< the folder, given as an option
    std::string config;
    said_where said_at;  ///< of options that are from there

    std::vector<std::string> listen{"127.0.0.1"};
    std::string http = "8080";  ///< ports, or "no"
    std::string socket_mode;    ///< of Unix sockets, as chmod(1) writes it
    std::string gopher = "7070";
    bool gopher_search = false;
    std::string clients = "5000";

    bool tls = false;
    std::string certificate;
    std::string key;
    key_password password;
    std::string user;       ///< who to be
    std::string passwords;  ///< a file of names and passwords

    bool upload = false;
    bool overwrite = false;
    std::uint64_t longest_upload = std::uint64_t{4} << 30;
    bool hidden = false;
    bool compress = false;
    bool no_listing = false;
    timeout max_age = timeout::none();  ///< none: nothing is said of it
    std::vector<std::string> origins;   ///< CORS
    std::vector<std::string> names;     ///< of this host

    std::string log;
    std::string log_format = "fields";
    bool metrics = false;
    std::vector<std::string> status_for;  ///< networks beside this host
    std::size_t threads = 0;

    guarding_request guarding;
    hosting_request hosting;
};

/// Reads the options that the command line does not give from a file in TOML, whose keys are the
/// names of the options, and tables of what else is served, and says where they stand. Throws
/// std::runtime_error that names file and line for what is no TOML, no option, or not what the
/// option takes.
[[nodiscard]] said_where read_config(CLI::App& command, const std::string& path,
                                     hosting_request& into);
/// The same from what is open.
[[nodiscard]] said_where read_config(CLI::App& command, const std::string& path, std::istream& from,
                                     hosting_request& into);

/// Does what an option asks for; when that is in the file, errors begin with the place, and
/// otherwise with the option.
template <class Work>
auto as_said(const serve_request& request, const std::string& option, Work work) {
    try {
        return work();
    } catch (const std::exception& error) {
        const auto place = request.said_at.find(option);
        if (place == request.said_at.end()) rethrow_about("--" + option);
        throw std::runtime_error(place->second + error.what());
    }
}

/// Opens the folder to its visitors, until the program is told to end.
void serve_folder(const serve_request& request, const context& shared);

}  // namespace zocalo::program
