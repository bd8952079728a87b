// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// What may be done to bytes on their way through a flow.
namespace zocalo::program {

/// Ends lines in CR LF where they end in LF alone, wherever the text was cut.
class crlf_filter {
 public:
    void operator()(std::string& bytes, bool last);

 private:
    bool after_cr_ = false;
};

/// Makes text from a peer safe for a terminal: lines and tabs stay, and everything that moves the
/// cursor, changes colours or reorders text is shown as `\x1b` and the like (see escaped()). A
/// character that was cut in two by a read waits for its other half.
class terminal_filter {
 public:
    void operator()(std::string& bytes, bool last);

 private:
    std::string held_;
};

}  // namespace zocalo::program
