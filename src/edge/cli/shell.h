#pragma once

// What commands work with: the surroundings of the program, and the shell of one command line.

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/api_connection.h"
#include "edge/cli/exit_code.h"
#include "edge/cli/serve_options.h"
#include "edge/cli/text/table.h"
#include "foundation/base/clock.h"
#include "foundation/base/file_system.h"
#include "platform/config/config.h"

namespace moorage::cli {

// Everything outside the program that a command may touch.
struct Surroundings {
  std::map<std::string, std::string> environment;
  base::FileSystem& files;
  const base::Clock& clock;
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  std::string version;
  // Opens the local registry. It is called when a command first needs the registry.
  std::function<base::Result<std::unique_ptr<ApiConnection>>(const config::Config&)> open_local;
  // Runs the server until a signal ends it. Returns the exit code.
  std::function<base::Result<int>(const config::Config&, const ServeOptions&)> serve;
};

// The options that every command has.
struct GlobalOptions {
  bool json = false;
  std::string config;  // a file, or empty for moorage.yaml if it exists
  std::string server;  // empty for the local registry
  std::string token;
};

// What a command works with. It has the configuration, the connection for calls, and the two
// streams. Results go to Print(), everything else to Say(). One thread at a time.
class Shell {
 public:
  explicit Shell(const Surroundings& surroundings) : surroundings_(surroundings) {}

  GlobalOptions& options() { return options_; }
  const Surroundings& surroundings() const { return surroundings_; }

  // Lets an option override the configuration as an environment variable does. Errors name the
  // option.
  //   Override("--listen", "MOORAGE_SERVER__LISTEN", "127.0.0.1:0");
  void Override(const std::string& option, const std::string& variable, std::string value) {
    overrides_[variable] = {option, std::move(value)};
  }
  base::Result<config::LoadedConfig> LoadConfig();

  // The value of --token, else of MOORAGE_TOKEN. A process list does not show the variable.
  std::string Token() const;

  // Sends a call to the server or registry that the options name. Errors of query parameters name
  // the option, so that "query 'limit'" becomes "--limit".
  base::Result<model::ApiReply> Call(const model::ApiCall& call);

  // An error of Print() is kept, because a command that has printed half ends as one that failed.
  void Print(std::string_view text);
  void Say(std::string_view text);
  // What Print() could not write, or nothing.
  base::Status Printed() const { return printed_; }
  // The message and its details, and the exit code that goes with it.
  int Fail(const base::Error& error);
  // With --json prints the document, else what `render` makes of it.
  void Show(const json::Json& document,
            const std::function<std::string(const json::Json&)>& render);

  // Columns of the terminal that Print() writes to. Unset if it is no terminal.
  cli_text::Width width() const;

  // PASS in green, FAIL and ERROR in red on a terminal, unless NO_COLOR is set.
  std::string Outcome(const std::string& outcome) const;

  // Shows a bar of `done` of `total` on a terminal, and nothing elsewhere. The last call clears it.
  void Progress(std::string_view what, std::size_t done, std::size_t total);

  base::Result<std::string> ReadFile(const std::string& path);
  // A file of text for people or programs, without a byte order mark (base/text_file.h).
  base::Result<std::string> ReadText(const std::string& path);

 private:
  static constexpr std::uint64_t kMaxFile = 4ULL << 30;

  const Surroundings& surroundings_;
  GlobalOptions options_;
  struct Said {
    std::string option;
    std::string value;
  };
  std::map<std::string, Said> overrides_;  // by variable
  std::unique_ptr<ApiConnection> connection_;
  base::Status printed_;
};

}  // namespace moorage::cli
