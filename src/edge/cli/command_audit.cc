#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"

namespace moorage::cli {

namespace {

using cli_text::Age;
using cli_text::Align;
using cli_text::ShortDigest;
using cli_text::Table;
using cli_text::TextOf;
using cli_text::Width;
using json::Json;

// The members that have a value, as in "from 1.0.0, to 1.1.0, forced true, reason emergency".
std::string DetailsText(const Json& details) {
  std::string text;
  if (!details.is_object()) return text;
  for (const auto& [key, value] : details.items()) {
    const std::string shown = TextOf(details, key);
    const bool silent = value.is_null() || value == false || value.is_structured() || shown.empty();
    if (silent) continue;
    text += (text.empty() ? "" : ", ") + key + " " + ShortDigest(shown);
  }
  return text;
}

std::string AuditText(const Json& document, base::Time now, Width width) {
  if (document["events"].empty()) return "No events.\n";
  Table table({{"ID", Align::kRight}, {"WHEN"}, {"BY"}, {"VERB"}, {"SUBJECT"}, {"DETAILS"}});
  for (const Json& event : document["events"]) {
    table.Add({TextOf(event, "id"), Age(TextOf(event, "at"), now), TextOf(event, "actor"),
               TextOf(event, "verb"), TextOf(event, "subject"), DetailsText(event["details"])});
  }
  return table.ToText(width);
}

base::Result<int> Audit(const CLI::App& words, Shell& shell) {
  model::ApiCall call = model::MakeCall(management::kAudit.row);
  for (const std::string name : {"name", "since", "limit"}) {
    if (Has(words, "--" + name)) call.query[name] = Text(words, "--" + name);
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  const base::Time now = shell.surroundings().clock.Now();
  const Width width = shell.width();
  shell.Show(reply.body,
             [now, width](const Json& document) { return AuditText(document, now, width); });
  return 0;
}

}  // namespace

void AddAudit(CommandLine& line) {
  CLI::App& command = line.Add("audit", "Show who did what, the newest first", &Audit);
  AddText(command, "--name", "NAME", "Only what concerns this model");
  AddText(command, "--since", "TIME", "Only what happened since (ISO 8601)");
  AddText(command, "--limit", "N", "At most so many events (default 100)");
  AddExamples(command, {"moorage audit --limit 10",
                        "moorage audit --name cancer --since 2026-01-27T00:00:00Z --json"});
}

}  // namespace moorage::cli
