#include "edge/cli/remedy_text.h"

#include <string_view>

namespace moorage::cli {
namespace {

using base::RemedyKind;

// `{ref}` is the subject, `{model}` its part before the '@', `{alias}` its part behind it,
// `{roles}` an option for each of its parts between commas.
std::string_view Pattern(RemedyKind kind) {
  switch (kind) {
    case RemedyKind::kSetAlias:
      return "; set it with: moorage promote {model}@VERSION --to {alias}";
    case RemedyKind::kMoveAlias:
      return ": moorage promote {model}@OTHER --to {alias}";
    case RemedyKind::kValidate:
      return "; run: moorage validate {ref} --data FILE --target COLUMN, or give --force --reason "
             "TEXT";
    case RemedyKind::kGiveReason:
      return ": --force --reason TEXT";
    case RemedyKind::kNameVersion:
      return " with --version";
    case RemedyKind::kListLabels:
      return " (--labels)";
    case RemedyKind::kNameTask:
      return ", or with --task classification|regression|other";
    case RemedyKind::kNameRoles:
      return " ({roles})";
    case RemedyKind::kAllowMissing:
      return "; if it does, push it with --allow-missing";
    case RemedyKind::kServeRegistry:
      return "; start `moorage serve` without --model and MODEL_PATH to have one";
  }
  return {};
}

std::string RoleOptions(std::string_view subject) {
  if (subject.empty()) return "--output-role OUTPUT=ROLE, for instance --output-role label=label";
  std::string text;
  while (true) {
    const std::size_t comma = subject.find(',');
    text += (text.empty() ? "--output-role " : " --output-role ");
    text += subject.substr(0, comma);
    if (comma == std::string_view::npos) return text;
    subject.remove_prefix(comma + 1);
  }
}

std::string ValueOf(std::string_view placeholder, std::string_view subject) {
  if (placeholder == "ref") return std::string(subject);
  if (placeholder == "roles") return RoleOptions(subject);
  const std::size_t at = subject.find('@');
  if (placeholder == "model") return std::string(subject.substr(0, at));
  return at == std::string_view::npos ? std::string() : std::string(subject.substr(at + 1));
}

}  // namespace

std::string RemedyText(const base::Remedy& remedy) {
  std::string text;
  std::string_view pattern = Pattern(remedy.kind);
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    text += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find('}', open);
    text += ValueOf(pattern.substr(open + 1, close - open - 1), remedy.subject);
    pattern.remove_prefix(close + 1);
  }
  return text;
}

}  // namespace moorage::cli
