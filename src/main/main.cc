#include <unistd.h>

#include <map>
#include <memory>
#include <string>

#include "control/trial/trial_process.h"
#include "control/trial/trial_worker.h"
#include "edge/cli/app.h"
#include "foundation/base/clock.h"
#include "foundation/base/posix_file_system.h"
#include "main/local_connection.h"
#include "main/server.h"
#include "main/version.h"
#include "main/wire_models.h"

namespace {

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

// Who works on the local registry, as the audit log shows it.
std::string ActorOf(const std::map<std::string, std::string>& environment) {
  for (const char* name : {"USER", "LOGNAME"}) {
    const auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return found->second;
  }
  return "uid:" + std::to_string(::getuid());
}

}  // namespace

int main(int argc, char** argv) {
  // The process of a trial is in no help text, because only this program starts it.
  if (argc == 2 && argv[1] == moorage::trial::kTrialCommand) return moorage::trial::RunTrial();
  moorage::base::FileSystem& files = moorage::base::PosixFileSystem::Get();
  const moorage::base::Clock& clock = moorage::base::SystemClock::Get();
  moorage::cli::Surroundings surroundings{.environment = Environment(),
                                          .files = files,
                                          .clock = clock,
                                          .version = std::string(moorage::main::kVersion),
                                          .open_local = {},
                                          .serve = &moorage::main::Serve};
  surroundings.open_local = [&](const moorage::config::Config& config) {
    return moorage::main::OpenLocalConnection(config, ActorOf(surroundings.environment), files,
                                              clock,
                                              std::make_unique<moorage::trial::TrialProcess>(
                                                  moorage::main::TrialOptionsOf(config.serving)));
  };
  return moorage::cli::Run(argc, argv, surroundings);
}
