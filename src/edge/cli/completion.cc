#include "edge/cli/completion.h"

#include <fmt/format.h>

#include <vector>

#include "edge/cli/command_options.h"

namespace moorage::cli {

namespace {

struct Word {
  std::string text;
  std::string description;
  bool has_value = false;  // an option's
};

// What may follow one command.
struct Place {
  std::string at;  // "", "push", "config show"
  std::vector<Word> commands;
  std::vector<Word> options;
};

void AddPlaces(const CLI::App& command, const std::string& at, std::vector<Place>& places) {
  Place place{.at = at, .commands = {}, .options = {}};
  for (const CLI::App* below : Below(command)) {
    place.commands.push_back({below->get_name(), below->get_description()});
  }
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty()) continue;
    place.options.push_back({"--" + option->get_lnames().front(), option->get_description(),
                             option->get_items_expected_max() > 0});
  }
  places.push_back(std::move(place));
  for (const CLI::App* below : Below(command)) {
    AddPlaces(*below, at.empty() ? below->get_name() : at + " " + below->get_name(), places);
  }
}

std::vector<Place> PlacesOf(const CLI::App& app) {
  std::vector<Place> places;
  AddPlaces(app, "", places);
  return places;
}

// Every step from a place to the one below it, " push" or "config show", quoted and joined.
std::string Steps(const std::vector<Place>& places, char quote, std::string_view separator) {
  std::string text;
  for (const Place& place : places) {
    for (const Word& command : place.commands) {
      if (!text.empty()) text += separator;
      text += fmt::format("{0}{1} {2}{0}", quote, place.at, command.text);
    }
  }
  return text;
}

std::string Texts(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::string Replaced(std::string_view text, char what, std::string_view by) {
  std::string replaced;
  for (const char c : text) {
    if (c == what) {
      replaced += by;
    } else {
      replaced += c;
    }
  }
  return replaced;
}

// 'push:Register a model file' for _describe.
std::string ZshWords(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) {
    text += fmt::format(" '{}:{}'", word.text, Replaced(word.description, '\'', "'\\''"));
  }
  return text;
}

// Within single quotes fish interprets only the backslash and the quote.
std::string FishQuoted(std::string_view text) {
  return "'" + Replaced(Replaced(text, '\\', "\\\\"), '\'', "\\'") + "'";
}

}  // namespace

// Each script is a finite automaton. Its states are the places, and it reads the words before the
// cursor. A word that is no step from the current place is an option or a value, and is skipped.
std::string BashCompletion(const CLI::App& app) {
  const std::vector<Place> places = PlacesOf(app);
  const std::string& name = app.get_name();
  std::string text = fmt::format(
      "# Completes the words of {0}. For this shell: source <({0} completion bash)\n"
      "_{0}() {{\n"
      "  local at='' commands='' options='' i word=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$at ${{COMP_WORDS[i]}}\" in\n"
      "    {1}) at=${{at:+$at }}${{COMP_WORDS[i]}} ;;\n"
      "    esac\n"
      "  done\n"
      "  case $at in\n",
      name, Steps(places, '"', " | "));
  for (const Place& place : places) {
    text += fmt::format("  \"{}\") commands=\"{}\" options=\"{}\" ;;\n", place.at,
                        Texts(place.commands), Texts(place.options));
  }
  return text + fmt::format(
                    "  esac\n"
                    "  case $word in -*) commands=$options ;; esac\n"
                    "  # shellcheck disable=SC2207  # none of the words holds a blank\n"
                    "  COMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))\n"
                    "}}\n"
                    "complete -o default -F _{0} {0}\n",
                    name);
}

std::string ZshCompletion(const CLI::App& app) {
  const std::vector<Place> places = PlacesOf(app);
  const std::string& name = app.get_name();
  std::string text = fmt::format(
      "#compdef {0}\n"
      "# Completes the words of {0}. For this shell: source <({0} completion zsh)\n"
      "_{0}() {{\n"
      "  local at='' i\n"
      "  local -a commands options\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$at $words[i]\" in\n"
      "    ({1}) at=${{at:+$at }}$words[i] ;;\n"
      "    esac\n"
      "  done\n"
      "  case $at in\n",
      name, Steps(places, '"', "|"));
  for (const Place& place : places) {
    text += fmt::format(
        "  (\"{}\")\n"
        "    commands=({} )\n"
        "    options=({} )\n"
        "    ;;\n",
        place.at, ZshWords(place.commands), ZshWords(place.options));
  }
  // zsh runs the file as the function when it is autoloaded. A file that is sourced registers it.
  return text + fmt::format(
                    "  esac\n"
                    "  if [[ $words[CURRENT] == -* ]]; then\n"
                    "    _describe -o option options\n"
                    "  elif (( $#commands )); then\n"
                    "    _describe command commands\n"
                    "  else\n"
                    "    _files\n"
                    "  fi\n"
                    "}}\n"
                    "if [[ $funcstack[1] == _{0} ]]; then _{0}; else compdef _{0} {0}; fi\n",
                    name);
}

std::string FishCompletion(const CLI::App& app) {
  const std::vector<Place> places = PlacesOf(app);
  const std::string& name = app.get_name();
  std::string text = fmt::format(
      "# Completes the words of {0}. For this shell: {0} completion fish | source\n"
      "function __{0}_at\n"
      "    set -l at ''\n"
      "    for word in (commandline -opc)[2..-1]\n"
      "        switch \"$at $word\"\n"
      "            case {1}\n"
      "                set at (string trim -- \"$at $word\")\n"
      "        end\n"
      "    end\n"
      "    test \"$at\" = \"$argv[1]\"\n"
      "end\n",
      name, Steps(places, '\'', " "));
  for (const Place& place : places) {
    const std::string here = fmt::format("complete -c {0} -n '__{0}_at \"{1}\"'", name, place.at);
    for (const Word& command : place.commands) {
      text +=
          fmt::format("{} -f -a {} -d {}\n", here, command.text, FishQuoted(command.description));
    }
    for (const Word& option : place.options) {
      text += fmt::format("{} -l {}{} -d {}\n", here, option.text.substr(2),
                          option.has_value ? " -r" : "", FishQuoted(option.description));
    }
  }
  return text;
}

}  // namespace moorage::cli
