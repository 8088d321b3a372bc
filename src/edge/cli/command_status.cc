#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/server_connection.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"
#include "foundation/model/server_questions.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

namespace {

using base::Result;
using cli_text::Align;
using cli_text::Harmless;
using cli_text::Join;
using cli_text::NumberText;
using cli_text::Table;
using cli_text::TextOf;
using cli_text::Width;
using json::Json;

Result<Json> Answer(client::HttpClient& server, const model::OperationRow& question) {
  ASSIGN_OR_RETURN(const auto answer, server.Get(question));
  return base::Annotate(std::string(model::Name(question.verb)) + " " + std::string(question.path),
                        json::ParseJson(answer.body));
}

std::string StatusText(const Json& document, Width width) {
  const Json& health = document["health"];
  std::string text = TextOf(health, "status") + "\n";
  if (health.contains("reasons")) {
    for (const Json& reason : health["reasons"])
      text += "  " + Harmless(reason.get<std::string>()) + "\n";
  }
  if (health.contains("models") && !health["models"].empty()) {
    Table table({{"MODEL"}, {"VERSION"}, {"ALIASES"}, {"STATE"}});
    for (const Json& one : health["models"]) {
      table.Add({TextOf(one, "name"), TextOf(one, "version"), Join(one["aliases"]),
                 TextOf(one, "state")});
    }
    text += "\n" + table.ToText(width);
  }
  Table table({{"ENDPOINT"},
               {"REQUESTS", Align::kRight},
               {"ERRORS", Align::kRight},
               {"MEAN ms", Align::kRight},
               {"P50", Align::kRight},
               {"P90", Align::kRight},
               {"P99", Align::kRight},
               {"MAX", Align::kRight}});
  // Statistics need a permission that the caller may lack. The answer is then an error document.
  const auto stats = document["stats"].find("endpoints");
  if (stats == document["stats"].end()) return text;
  for (const auto& [endpoint, one] : stats->items()) {
    if (TextOf(one, "count") == "0") continue;
    const auto cell = [&row = one](const char* key) { return NumberText(row[key], 3); };
    table.Add({endpoint, TextOf(one, "count"), TextOf(one, "errors"), cell("mean_ms"),
               cell("p50_ms"), cell("p90_ms"), cell("p99_ms"), cell("max_ms")});
  }
  return table.empty() ? text : text + "\n" + table.ToText(width);
}

Result<int> ShowStatus(const CLI::App& /*words*/, Shell& shell) {
  ASSIGN_OR_RETURN(const auto server, ConnectToServer(shell));
  Json document;
  ASSIGN_OR_RETURN(document["health"], Answer(*server, model::kHealthQuestion));
  ASSIGN_OR_RETURN(document["stats"], Answer(*server, model::kStatsQuestion));
  const Width width = shell.width();
  shell.Show(document, [width](const Json& shown) { return StatusText(shown, width); });
  const bool healthy = TextOf(document["health"], "status") == "healthy";
  return static_cast<int>(healthy ? ExitCode::kDone : ExitCode::kRefused);
}

}  // namespace

void AddStatus(CommandLine& line) {
  CLI::App& command =
      line.Add("status", "Show a server's health, models and latencies", &ShowStatus);
  AddExamples(command, {"moorage status", "moorage status --server http://127.0.0.1:8000 --json"});
}

}  // namespace moorage::cli
