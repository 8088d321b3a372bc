#include "edge/cli/command_options.h"

namespace moorage::cli {

CLI::Option& AddText(CLI::App& command, const std::string& name, const std::string& type,
                     const std::string& description) {
  return *command.add_option(name, CLI::callback_t(), description)->type_name(type);
}

CLI::Option& AddTexts(CLI::App& command, const std::string& name, const std::string& type,
                      const std::string& description) {
  // An option takes one value each time. A vector option of CLI11 would take the words behind it,
  // too.
  return *AddText(command, name, type, description)
              .multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddFlag(CLI::App& command, const std::string& name, const std::string& description) {
  command.add_flag(name, description);
}

CLI::Option& AddWord(CLI::App& command, const std::string& name, const std::string& description) {
  return *command.add_option(name, CLI::callback_t(), description)->required();
}

bool Has(const CLI::App& words, const std::string& name) {
  return words.get_option(name)->count() > 0;
}

std::string Text(const CLI::App& words, const std::string& name) {
  const auto texts = Texts(words, name);
  return texts.empty() ? std::string() : texts.back();
}

std::vector<std::string> Texts(const CLI::App& words, const std::string& name) {
  return words.get_option(name)->results();
}

void AddExamples(CLI::App& command, std::initializer_list<std::string_view> lines) {
  std::string text = "Examples:\n";
  for (const std::string_view line : lines) text.append("  ").append(line).append("\n");
  command.footer(text + "\n" + command.get_footer());
}

std::vector<const CLI::App*> Below(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::string FullName(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return (above == nullptr ? "" : FullName(*above) + " ") + command.get_name();
}

}  // namespace moorage::cli
