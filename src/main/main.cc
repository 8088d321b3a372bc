#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "control/trial/trial_process.h"
#include "control/trial/trial_worker.h"
#include "edge/cli/app.h"
#include "foundation/base/clock.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/user_name.h"
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

// Who works on the local registry, as the audit log shows it. The system says who it is. What the
// environment claims stands beside that where it differs: "root(ada)".
std::string ActorOf(const std::map<std::string, std::string>& environment) {
  const std::string user = moorage::base::NameOfUser();
  for (const char* name : {"USER", "LOGNAME"}) {
    const auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) continue;
    return found->second == user ? user : user + "(" + found->second + ")";
  }
  return user;
}

// A program that is started without a standard stream would get its number for the next file, which
// may be the registry, and print into it. Output to a closed stream must fail, so the file that
// stands for it cannot be written.
void OccupyStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    (void)::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  OccupyStandardStreams();
  // The process of a trial is in no help text, because only this program starts it.
  if (argc == 2 && argv[1] == moorage::trial::kTrialCommand) return moorage::trial::RunTrial();
  // A reader that closes its pipe is an error of a write, which is reported.
  (void)std::signal(SIGPIPE, SIG_IGN);
  moorage::base::FileSystem& files = moorage::base::PosixFileSystem::Get();
  const moorage::base::Clock& clock = moorage::base::SystemClock::Get();
  moorage::cli::Surroundings surroundings{.environment = Environment(),
                                          .files = files,
                                          .clock = clock,
                                          .version = std::string(moorage::main::kVersion),
                                          .open_local = {},
                                          .serve = &moorage::main::Serve};
  surroundings.open_local = [&](const moorage::config::Config& config) {
    moorage::main::LocalCaller caller{.actor = ActorOf(surroundings.environment), .say = {}};
    caller.say = [&](std::string_view text) {
      const std::string line = "moorage: " + std::string(text) + "\n";
      (void)std::fwrite(line.data(), 1, line.size(), surroundings.err);
    };
    return moorage::base::Result<std::unique_ptr<moorage::cli::ApiConnection>>(
        moorage::main::MakeLocalConnection(config.registry, std::move(caller), files, clock,
                                           std::make_unique<moorage::trial::TrialProcess>(
                                               moorage::main::TrialOptionsOf(config.serving))));
  };
  return moorage::cli::Run(argc, argv, surroundings);
}
