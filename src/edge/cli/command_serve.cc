#include "control/sources/file_model_source.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"

namespace moorage::cli {

namespace {

base::Result<int> Serve(const CLI::App& words, Shell& shell) {
  std::vector<std::string> files = Texts(words, "--model");
  const auto& environment = shell.surroundings().environment;
  const auto path = environment.find("MODEL_PATH");
  // Options win over the environment.
  if (files.empty() && path != environment.end() && !path->second.empty()) {
    files.push_back(path->second);
  }
  ServeOptions options;
  for (const std::string& file : files) {
    // A file of exactly this name is meant, whatever its name holds ("run=3.onnx").
    if (shell.surroundings().files.Stat(file).ok()) {
      options.models.push_back({file, std::string()});
      continue;
    }
    ASSIGN_OR_RETURN(const auto option, control::ParseFileModelOption(file));
    options.models.push_back({option.path, option.name ? option.name->value() : std::string()});
  }
  if (Has(words, "--insecure")) options.exposure = ServeOptions::Exposure::kInsecure;
  if (Has(words, "--listen")) {
    shell.Override("--listen", "MOORAGE_SERVER__LISTEN", Text(words, "--listen"));
  }
  if (Has(words, "--metrics-listen")) {
    shell.Override("--metrics-listen", "MOORAGE_SERVER__METRICS_LISTEN",
                   Text(words, "--metrics-listen"));
  }
  if (Has(words, "--log-level")) {
    shell.Override("--log-level", "MOORAGE_LOGGING__LEVEL", Text(words, "--log-level"));
  }
  ASSIGN_OR_RETURN(const auto loaded, shell.LoadConfig());
  return shell.surroundings().serve(loaded.config, options);
}

}  // namespace

void AddServe(CommandLine& line) {
  CLI::App& command = line.Add("serve", "Run the server", &Serve);
  AddTexts(command, "--model", "FILE[=NAME]",
           "Serve this file, not the registry (repeatable; else MODEL_PATH)");
  AddText(command, "--listen", "HOST:PORT", "Where to serve (default 127.0.0.1:8000)");
  AddText(command, "--metrics-listen", "HOST:PORT",
          "Where Prometheus scrapes (default 127.0.0.1:9090)");
  AddFlag(command, "--insecure", "Let other machines in without authentication");
  AddText(command, "--log-level", "LEVEL", "debug, info, warning or error");
  AddExamples(command, {"moorage serve", "moorage serve --model model.onnx --listen 127.0.0.1:8080",
                        "moorage serve --model a.onnx=first --model b.onnx=second"});
}

}  // namespace moorage::cli
