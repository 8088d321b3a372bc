#include <string>

#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/text.h"

namespace moorage::cli {

namespace {

using cli_text::Counted;
using cli_text::TextOf;
using json::Json;

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

base::Result<int> Doctor(const CLI::App& words, Shell& shell) {
  if (Has(words, "--accept-clock")) {
    RETURN_IF_ERROR(shell.Call(model::MakeCall(management::kAcceptClock.row)));
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Call(model::MakeCall(management::kDoctor.row)));
  shell.Show(reply.body, &DoctorText);
  return static_cast<int>(reply.body["healthy"].get<bool>() ? ExitCode::kDone : ExitCode::kError);
}

}  // namespace

void AddDoctor(CommandLine& line) {
  CLI::App& command =
      line.Add("doctor", "Read and hash every stored byte, and say what is wrong", &Doctor);
  AddFlag(command, "--accept-clock",
          "Take the clock of this machine as it is, however far it is from the newest event");
  AddExamples(command, {"moorage doctor", "moorage doctor --json"});
}

}  // namespace moorage::cli
