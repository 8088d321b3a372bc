#include "domain/serving/servable/probe_finding.h"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace moorage::servable {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 7> kCheckNames = {"form",  "finite",  "range", "sum",
                                                         "label", "highest", "run"};

// The roles that the outputs may have. What is no probability may be a score. Where label and
// scores contradict each other, the label alone is left.
std::string OtherRoles(const ProbeFinding& finding, const model::Manifest& manifest) {
  std::string text;
  for (const auto& [output, role] : manifest.output_roles) {
    const bool is_label = role == model::OutputRole::kLabel;
    if (finding.check == AnswerCheck::kHighest && !is_label) continue;
    const auto other = is_label ? role : model::OutputRole::kScores;
    text += (text.empty() ? "" : ",") + output + "=" + std::string(model::Name(other));
  }
  return text;
}

// What the user can state otherwise. Nothing where the graph itself has to change.
std::optional<base::Remedy> RemedyOf(const ProbeFinding& finding, const model::Manifest& manifest) {
  using base::RemedyKind;
  switch (finding.check) {
    case AnswerCheck::kRange:
    case AnswerCheck::kSum:
    case AnswerCheck::kHighest:
      return base::Remedy{RemedyKind::kNameRoles, OtherRoles(finding, manifest)};
    case AnswerCheck::kForm:
      return base::Remedy{RemedyKind::kNameTask};
    case AnswerCheck::kLabel:
      return base::Remedy{RemedyKind::kListLabels};
    case AnswerCheck::kFinite:
    case AnswerCheck::kRun:
      return std::nullopt;
  }
  return std::nullopt;
}

// Ends the message. The remedy of the command line continues it.
std::string_view Advice(AnswerCheck check) {
  switch (check) {
    case AnswerCheck::kRange:
      return "the output does not hold probabilities: name its role in \"output_roles\", or leave "
             "it out there and serve the label alone";
    case AnswerCheck::kSum:
      return "name scores or logits so in \"output_roles\"; classes that are independent of each "
             "other have the task 'other'";
    case AnswerCheck::kForm:
      return "correct the graph, or decide in the metadata with \"task\": \"other\"";
    case AnswerCheck::kLabel:
      return "list the labels that the model answers";
    case AnswerCheck::kHighest:
      return "correct the order of \"labels\", or name one of the two outputs in \"output_roles\"";
    case AnswerCheck::kFinite:
      return "correct the graph or what the metadata says of it";
    case AnswerCheck::kRun:
      return "correct the reference data or the graph";
  }
  return "";
}

}  // namespace

std::string_view Name(AnswerCheck check) { return kCheckNames.at(static_cast<std::size_t>(check)); }

std::string Describe(const ProbeFinding& finding) {
  if (finding.output.empty()) return finding.problem;
  return "output '" + finding.output + "' " + finding.problem;
}

base::Error RefutedError(std::span<const ProbeFinding> findings, const model::Manifest& manifest) {
  base::Error error{.code = base::Code::kInvalid,
                    .message = "its trial contradicts the manifest: ",
                    .reason = "model_contradicts_manifest"};
  for (const ProbeFinding& finding : findings) {
    if (!finding.refuted || error.details.size() == base::kMaxDetails) continue;
    if (error.details.empty()) {
      error.message += Describe(finding) + "; " + std::string(Advice(finding.check));
      error.remedy = RemedyOf(finding, manifest);
    }
    error.details.push_back(
        {finding.output.empty() ? "trial" : "output '" + finding.output + "'", finding.problem});
  }
  return error;
}

json::Json ToJson(const ProbeFinding& finding) {
  return {{"check", Name(finding.check)},
          {"refuted", finding.refuted},
          {"output", finding.output},
          {"problem", finding.problem}};
}

base::Result<ProbeFinding> ReadFinding(const json::JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"check", "refuted", "output", "problem"}));
  ProbeFinding finding;
  ASSIGN_OR_RETURN(const json::JsonReader check, reader.Member("check"));
  ASSIGN_OR_RETURN(const std::string name, check.String());
  std::size_t at = 0;
  while (at < kCheckNames.size() && kCheckNames.at(at) != name) ++at;
  if (at == kCheckNames.size()) return check.Problem("is no word of this format");
  finding.check = static_cast<AnswerCheck>(at);
  ASSIGN_OR_RETURN(const json::JsonReader refuted, reader.Member("refuted"));
  ASSIGN_OR_RETURN(finding.refuted, refuted.Bool());
  ASSIGN_OR_RETURN(const json::JsonReader output, reader.Member("output"));
  ASSIGN_OR_RETURN(finding.output, output.String());
  ASSIGN_OR_RETURN(const json::JsonReader problem, reader.Member("problem"));
  ASSIGN_OR_RETURN(finding.problem, problem.String());
  return finding;
}

}  // namespace moorage::servable
