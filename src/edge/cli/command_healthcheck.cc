#include <string>

#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/server_connection.h"
#include "edge/cli/text/text.h"
#include "foundation/model/server_questions.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

namespace {

using base::Result;
using cli_text::Join;
using json::Json;

// "no model is served: push one, ...", or the status where the answer does not say why.
std::string WhyNotReady(const client::HttpClient::RawAnswer& answer) {
  const auto json = json::ParseJson(answer.body);
  const bool says = json.ok() && json->is_object() && json->contains("reasons");
  return says ? Join((*json)["reasons"]) : "status " + std::to_string(answer.status);
}

// Answers a container runtime with one line and the exit code 0 or 1. A server that cannot be
// reached is not ready, so that is 1 as well.
Result<int> Healthcheck(const CLI::App& /*words*/, Shell& shell) {
  const auto server = ConnectToServer(shell);
  if (!server.ok()) return server.error();
  const auto answer = (*server)->Get(model::kReadyQuestion);
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

void AddHealthcheck(CommandLine& line) {
  CLI::App& command = line.Add(
      "healthcheck", "Ask the server of this configuration whether it is ready", &Healthcheck);
  AddExamples(command, {"moorage healthcheck", "PORT=8080 moorage healthcheck"});
}

}  // namespace moorage::cli
