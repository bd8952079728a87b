// SPDX-License-Identifier: MIT
// Both shells get the same small machine: walk along the words to find which subcommand is being
// typed, then offer what that one has. After an option that takes a value, offer files.
#include <fmt/core.h>

#include "manual/inventory.hpp"

namespace zocalo::program {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> option_names(const command_entry& command, bool with_value_only) {
    std::vector<std::string> names;
    for (const option_entry& option : command.options) {
        if (with_value_only && option.value.empty()) continue;
        names.insert(names.end(), option.names.begin(), option.names.end());
    }
    return names;
}

std::vector<std::string> command_names(const command_entry& command) {
    std::vector<std::string> names;
    for (const command_entry& inner : command.commands)
        names.push_back(inner.name());
    return names;
}

/// Between single quotes; the colon separates in _describe.
std::string zsh_item(const std::string& name, const std::string& description) {
    std::string text;
    for (const char c : description) {
        if (c == '\'') {
            text += "'\\''";
        } else if (c == ':') {
            text += "\\:";
        } else {
            text += c;
        }
    }
    return fmt::format("'{}:{}'", name, text);
}

std::string zsh_case(const command_entry& command) {
    std::string text = fmt::format("    ({})\n      commands=(", command.full_name('/'));
    for (const command_entry& inner : command.commands)
        text += "\n        " + zsh_item(inner.name(), inner.summary);
    text += ")\n      options=(";
    for (const option_entry& option : command.options) {
        for (const std::string& name : option.names)
            text += "\n        " + zsh_item(name, option.description);
    }
    return text + fmt::format(")\n      valued=({}) ;;\n", joined(option_names(command, true)));
}

}  // namespace

std::string bash_completion(const command_entry& program) {
    std::string text = R"(# bash completion for zocalo; made by: zocalo completion bash
_zocalo() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local place=zocalo commands options valued index
  COMPREPLY=()
  for ((index = 1; index <= COMP_CWORD; index++)); do
    case $place in
)";
    for (const command_entry* command : flattened(program)) {
        text += fmt::format(
            "      {})\n        commands='{}'\n        options='{}'\n        valued='{}' ;;\n",
            command->full_name('/'), joined(command_names(*command)),
            joined(option_names(*command, false)), joined(option_names(*command, true)));
    }
    return text + R"(    esac
    if ((index < COMP_CWORD)) && [[ " $commands " == *" ${COMP_WORDS[index]} "* ]]; then
      place+=/${COMP_WORDS[index]}
    fi
  done
  if [[ " $valued " == *" $previous "* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}
complete -o default -F _zocalo zocalo
)";
}

std::string zsh_completion(const command_entry& program) {
    std::string text = R"(#compdef zocalo
# zsh completion for zocalo; made by: zocalo completion zsh
_zocalo() {
  local place=zocalo index
  local -a commands options valued
  for ((index = 2; index <= CURRENT; index++)); do
    case $place in
)";
    for (const command_entry* command : flattened(program))
        text += zsh_case(*command);
    return text + R"(    esac
    if ((index < CURRENT)) && [[ -n ${commands[(r)${words[index]}:*]} ]]; then
      place+=/${words[index]}
    fi
  done
  if [[ -n ${valued[(re)${words[CURRENT-1]}]} ]]; then
    _files
  elif [[ ${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif ((${#commands})); then
    _describe command commands
  else
    _files
  fi
}
_zocalo "$@"
)";
}

}  // namespace zocalo::program
