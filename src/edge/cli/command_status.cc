#include "edge/cli/commands.h"
#include "edge/cli/table.h"
#include "edge/cli/text.h"
#include "edge/cli/words.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

namespace {

using base::Result;
using client::HttpClient;
using json::Json;

// The server that the options name, else the one that the configuration would start here.
Result<std::string> ServerOf(Shell& shell) {
  if (!shell.options().server.empty()) return shell.options().server;
  ASSIGN_OR_RETURN(const auto loaded, shell.LoadConfig());
  config::Endpoint endpoint = loaded.config.server.listen;
  if (endpoint.host == "0.0.0.0") endpoint.host = "127.0.0.1";
  if (endpoint.host == "::") endpoint.host = "::1";
  return "http://" + config::Format(endpoint);
}

Result<std::unique_ptr<HttpClient>> Connect(Shell& shell) {
  ASSIGN_OR_RETURN(std::string server, ServerOf(shell));
  HttpClient::Options options;
  options.server = std::move(server);
  options.token = shell.Token();
  options.connect_timeout = std::chrono::seconds(2);
  options.timeout = std::chrono::seconds(5);
  return HttpClient::Make(std::move(options));
}

Result<Json> Answer(HttpClient& server, std::string_view path) {
  ASSIGN_OR_RETURN(const auto answer, server.Get(path));
  return base::Annotate(std::string("GET ") + std::string(path), json::ParseJson(answer.body));
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
  ASSIGN_OR_RETURN(const auto server, Connect(shell));
  Json document;
  ASSIGN_OR_RETURN(document["health"], Answer(*server, "/health"));
  ASSIGN_OR_RETURN(document["stats"], Answer(*server, "/api/v1/stats"));
  const Width width = shell.width();
  shell.Show(document, [width](const Json& shown) { return StatusText(shown, width); });
  const bool healthy = TextOf(document["health"], "status") == "healthy";
  return static_cast<int>(healthy ? ExitCode::kDone : ExitCode::kRefused);
}

// "no model is served: push one, ...", or the status where the answer does not say why.
std::string WhyNotReady(const HttpClient::RawAnswer& answer) {
  const auto json = json::ParseJson(answer.body);
  const bool says = json.ok() && json->is_object() && json->contains("reasons");
  return says ? Join((*json)["reasons"]) : "status " + std::to_string(answer.status);
}

// What a container runtime asks: one line, 0 or 1.
Result<int> Healthcheck(const CLI::App& /*words*/, Shell& shell) {
  const auto server = Connect(shell);
  if (!server.ok()) return server.error();
  const auto answer = (*server)->Get("/health/ready");
  const bool ready = answer.ok() && answer->status == 200;
  const Json document = {{"ready", ready}};
  shell.Show(document, [ready](const Json& /*document*/) { return ready ? "ready\n" : ""; });
  if (!answer.ok()) shell.Say("moorage: " + answer.error().message + "\n");
  if (answer.ok() && !ready) {
    shell.Say("moorage: not ready: " + WhyNotReady(*answer) + "\n");
  }
  return static_cast<int>(ready ? ExitCode::kDone : ExitCode::kRefused);
}

}  // namespace

void AddStatus(CommandLine& line) {
  CLI::App& command =
      line.Add("status", "Show a server's health, models and latencies", &ShowStatus);
  AddExamples(command, {"moorage status", "moorage status --server http://127.0.0.1:8000 --json"});
}

void AddHealthcheck(CommandLine& line) {
  CLI::App& command = line.Add(
      "healthcheck", "Ask the server of this configuration whether it is ready", &Healthcheck);
  AddExamples(command, {"moorage healthcheck", "PORT=8080 moorage healthcheck"});
}

}  // namespace moorage::cli
