#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/text.h"
#include "foundation/base/units.h"

namespace moorage::cli {

namespace {

using cli_text::Counted;
using cli_text::TextOf;
using json::Json;

std::string GarbageText(const Json& document) {
  const bool dry = document["dry_run"].get<bool>();
  std::string text;
  if (dry) {
    for (const Json& blob : document["blobs"]) {
      text += TextOf(blob, "digest") + "  " + TextOf(blob, "size") + " B\n";
    }
  }
  return text + (dry ? "would remove " : "removed ") + Counted(document["count"], "blob") + ", " +
         TextOf(document, "bytes") + " B, and " +
         Counted(document["temporaries"], "temporary file") + "\n";
}

base::Result<int> Gc(const CLI::App& words, Shell& shell) {
  model::ApiCall call = model::MakeCall(management::kGc.row, {}, Json::object());
  if (Has(words, "--dry-run")) call.body["dry_run"] = true;
  if (Has(words, "--grace")) call.body["grace"] = Text(words, "--grace");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &GarbageText);
  return 0;
}

}  // namespace

void AddGc(CommandLine& line) {
  CLI::App& command = line.Add("gc", "Remove stored bytes that no version needs", &Gc);
  AddFlag(command, "--dry-run", "Only say what would be removed");
  AddText(command, "--grace", "DURATION", "Leave alone what was stored since (default 1h)");
  AddExamples(command, {"moorage gc --dry-run", "moorage gc --grace 24h"});
}

}  // namespace moorage::cli
