#include "edge/cli/text/rule_text.h"

#include "edge/cli/text/text.h"

namespace moorage::cli_text {

using json::Json;

std::string RuleText(const Json& rule) {
  const bool standard = rule["revision"] == 0;
  std::string text = TextOf(rule, "name") + "@" + TextOf(rule, "alias") +
                     (standard ? "  standard rule" : "  revision " + TextOf(rule, "revision")) +
                     "\n";
  if (rule["proof"] == "none") return text + "  proof     none; any published version\n";
  text += "  proof     a validation with the outcome PASS\n";
  if (rule["policy"].is_null()) {
    text += standard ? "  policy    the default policy\n" : "  policy    one of these\n";
  }
  for (const Json& digest : rule["policies"]) {
    text += "  policy    " + Harmless(digest.get<std::string>()) + "\n";
  }
  if (rule["policy"].is_object()) {
    text += "            " + Harmless(json::ToText(rule["policy"])) + "\n";
  }
  text += "  rows      at least " + TextOf(rule, "fewest_rows") + "\n";
  text += "  fresh     " +
          (rule["fresh_for"].is_null() ? "no limit" : "for " + TextOf(rule, "fresh_for")) + "\n";
  text += rule["baseline"] == "current" ? "  baseline  what the alias serves when it moves\n"
                                        : "  baseline  any, or none\n";
  return text;
}

std::string VerdictText(const Json& verdict) {
  const std::string text = "promote to " + TextOf(verdict, "alias") + ": ";
  if (verdict["allowed"] == true) return text + "allowed";
  for (const Json& step : verdict["steps"]) {
    if (step["met"] == false) return text + "not allowed: " + TextOf(step, "why");
  }
  return text + "not allowed";
}

}  // namespace moorage::cli_text
