#include "edge/cli/commands.h"
#include "edge/cli/text.h"
#include "edge/cli/words.h"
#include "foundation/base/units.h"

namespace moorage::cli {

namespace {

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

std::string DoctorText(const Json& document) {
  std::string text = Counted(document["versions"], "version") + ", " +
                     Counted(document["blobs"], "blob") + ", " + TextOf(document, "bytes") +
                     " B read and hashed: ";
  if (document["healthy"].get<bool>()) return text + "healthy\n";
  text += Counted(document["problems"].size(), "problem") + "\n";
  for (const Json& problem : document["problems"]) {
    text += "  " + TextOf(problem, "path") + ": " + TextOf(problem, "problem") + "\n";
  }
  return text;
}

base::Result<int> Gc(const CLI::App& words, Shell& shell) {
  model::ApiCall call = MakeCall("POST", "/api/v1/gc", Json::object());
  if (Has(words, "--dry-run")) call.body["dry_run"] = true;
  if (Has(words, "--grace")) call.body["grace"] = Text(words, "--grace");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &GarbageText);
  return 0;
}

base::Result<int> Doctor(const CLI::App& /*words*/, Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, shell.Call(MakeCall("GET", "/api/v1/doctor")));
  shell.Show(reply.body, &DoctorText);
  return static_cast<int>(reply.body["healthy"].get<bool>() ? ExitCode::kDone : ExitCode::kError);
}

}  // namespace

void AddGc(CommandLine& line) {
  CLI::App& command = line.Add("gc", "Remove stored bytes that no version needs", &Gc);
  AddFlag(command, "--dry-run", "Only say what would be removed");
  AddText(command, "--grace", "DURATION", "Leave alone what was stored since (default 1h)");
  AddExamples(command, {"moorage gc --dry-run", "moorage gc --grace 24h"});
}

void AddDoctor(CommandLine& line) {
  CLI::App& command =
      line.Add("doctor", "Read and hash every stored byte, and say what is wrong", &Doctor);
  AddExamples(command, {"moorage doctor", "moorage doctor --json"});
}

}  // namespace moorage::cli
