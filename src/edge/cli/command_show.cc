#include <fmt/format.h>

#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"
#include "foundation/base/units.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using cli_text::Age;
using cli_text::Join;
using cli_text::NumberText;
using cli_text::ShortDigest;
using cli_text::TextOf;
using json::Json;

constexpr int kDigits = 6;

std::string Line(std::string_view name, std::string_view value) {
  constexpr std::size_t kNameWidth = 16;
  std::string text(name);
  text.resize(std::max(kNameWidth, text.size() + 1), ' ');
  return text.append(value).append("\n");
}

// "FP32[-1,30]"
std::string TensorText(const Json& tensor) {
  return TextOf(tensor, "name") + " " + TextOf(tensor, "datatype") + json::ToText(tensor["shape"]);
}

std::string Tensors(const Json& list) {
  std::string text;
  for (const Json& tensor : list) text += (text.empty() ? "" : ", ") + TensorText(tensor);
  return text;
}

// "FP32: the nearest", for each datatype of the inputs that takes numbers.
std::string NumberRules(const Json& inputs) {
  std::string text;
  for (const Json& input : inputs) {
    const std::string type = TextOf(input, "datatype");
    const bool floating = type.find("FP") == 0 || type == "BF16";
    if (!floating && type.find("INT") == std::string::npos) continue;
    const std::string rule = type + (floating ? ": the nearest" : ": whole and in range");
    if (text.find(rule) == std::string::npos) text += (text.empty() ? "" : ", ") + rule;
  }
  return text;
}

// "30: mean radius, mean texture, …"
std::string Names(const Json& list) {
  constexpr std::size_t kShown = 5;
  if (list.empty()) return "-";
  Json first = Json::array();
  for (std::size_t i = 0; i < std::min(kShown, list.size()); ++i) first.push_back(list[i]);
  return std::to_string(list.size()) + ": " + Join(first) + (list.size() > kShown ? ", …" : "");
}

std::string Pairs(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text += (text.empty() ? "" : ", ") + key + " " +
            (value.is_string() ? value.get<std::string>() : NumberText(value, kDigits));
  }
  return text.empty() ? "-" : text;
}

std::string ManifestText(const Json& manifest) {
  std::string text = Line("task", TextOf(manifest, "task"));
  if (!TextOf(manifest, "description").empty()) {
    text += Line("description", TextOf(manifest, "description"));
  }
  text += Line("inputs", Tensors(manifest["signature"]["inputs"]));
  if (const std::string rules = NumberRules(manifest["signature"]["inputs"]); !rules.empty()) {
    text += Line("numbers", rules);
  }
  text += Line("outputs", Tensors(manifest["signature"]["outputs"]));
  text += Line("output roles", Pairs(manifest["output_roles"]));
  if (!manifest["labels"].empty()) text += Line("labels", Join(manifest["labels"]));
  text += Line("features", Names(manifest["features"]));
  text += Line("trained", TextOf(manifest, "training_date"));
  text += Line("metrics", Pairs(manifest["metrics"]));
  text += Line("tags", Pairs(manifest["tags"]));
  text += Line("golden requests", std::to_string(manifest["golden"].size()));
  const std::string notes = TextOf(manifest, "notes");
  return notes.empty() || notes == "-" ? text : text + "\nNOTES\n" + notes + "\n";
}

std::string VersionText(const Json& document, base::Time now) {
  std::string text = TextOf(document, "name") + "@" + TextOf(document, "version") + "\n\n";
  text += Line("aliases", Join(document["aliases"]));
  text += Line("artifact", TextOf(document, "artifact"));
  if (document["size"].is_number()) {
    text += Line("size", base::FormatBytes(document["size"].get<std::uint64_t>()));
  }
  if (document["created"].is_string()) {
    text +=
        Line("pushed", Age(TextOf(document, "created"), now) + " by " + TextOf(document, "actor"));
  }
  text += ManifestText(document["manifest"]);
  // A server without a registry knows neither files nor evidence.
  if (!document.contains("files")) return text + "\nServed from a file; not in a registry.\n";
  text += "\nFILES\n";
  for (const Json& file : document["files"]) {
    text += fmt::format("  {:<20} {:>10} B  {}\n", TextOf(file, "name"), TextOf(file, "size"),
                        ShortDigest(TextOf(file, "digest")));
  }
  text += "\nEVIDENCE\n";
  if (document["evidence"].empty()) {
    return text + "  none: moorage validate " + TextOf(document, "name") + "@" +
           TextOf(document, "version") + " --data FILE --target COLUMN\n";
  }
  for (const Json& one : document["evidence"]) {
    text += fmt::format("  #{} {} {}, {} rows, {} by {}\n", TextOf(one, "id"), TextOf(one, "kind"),
                        TextOf(one, "outcome"), TextOf(one, "rows"),
                        Age(TextOf(one, "created"), now), TextOf(one, "actor"));
  }
  return text;
}

base::Result<int> Show(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  ASSIGN_OR_RETURN(const auto reply, shell.Call(model::MakeCall(management::kShowVersion.row,
                                                                model::SelectorParameters(ref))));
  const base::Time now = shell.surroundings().clock.Now();
  shell.Show(reply.body, [now](const Json& document) { return VersionText(document, now); });
  return 0;
}

}  // namespace

void AddShow(CommandLine& line) {
  CLI::App& command = line.Add("show", "Show all that is known of a version", &Show);
  AddWord(command, "ref", "The version, as in cancer@1.2.0").type_name("REF");
  AddExamples(command, {"moorage show cancer@1.2.0", "moorage show cancer@production --json"});
}

}  // namespace moorage::cli
