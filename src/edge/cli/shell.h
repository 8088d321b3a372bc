#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/exit_code.h"
#include "edge/cli/serve_options.h"
#include "edge/cli/table.h"
#include "edge/cli/transport.h"
#include "foundation/base/clock.h"
#include "foundation/base/file_system.h"
#include "platform/config/config.h"

namespace moorage::cli {

// What the program gives to its commands; everything they may touch outside themselves.
struct Surroundings {
  std::map<std::string, std::string> environment;
  base::FileSystem& files;
  const base::Clock& clock;
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  std::string version;
  // Opens the local registry; called when a command first needs it.
  std::function<base::Result<std::unique_ptr<Transport>>(const config::Config&)> open_local;
  // Runs the server until it is told to end; the exit code.
  std::function<base::Result<int>(const config::Config&, const ServeOptions&)> serve;
};

// The options that every command has.
struct GlobalOptions {
  bool json = false;
  std::string config;  // a file; empty: moorage.yaml if it exists
  std::string server;  // empty: the local registry
  std::string token;
};

// What a command works with: the configuration, one door for calls, and the two streams. Results go
// to Print(), everything else to Say().
class Shell {
 public:
  explicit Shell(const Surroundings& surroundings) : surroundings_(surroundings) {}

  GlobalOptions& options() { return options_; }
  const Surroundings& surroundings() const { return surroundings_; }

  // An option that overrides the configuration as an environment variable does:
  // Override("--listen", "MOORAGE_SERVER__LISTEN", "127.0.0.1:0"). Errors speak of the option.
  void Override(const std::string& option, const std::string& variable, std::string value) {
    overrides_[variable] = {option, std::move(value)};
  }
  base::Result<config::LoadedConfig> LoadConfig();

  // --token, else MOORAGE_TOKEN: a word that a process list does not show.
  std::string Token() const;

  // Sends a call to where the options say. Errors of query parameters speak of the option that was
  // said: "--limit" for "query 'limit'".
  base::Result<model::ApiReply> Call(const model::ApiCall& call);

  void Print(std::string_view text);
  void Say(std::string_view text);
  // The message and its details, and the exit code that goes with it.
  int Fail(const base::Error& error);
  // With --json prints the document, else what `render` makes of it.
  void Show(const json::Json& document,
            const std::function<std::string(const json::Json&)>& render);

  // Columns of the terminal that Print() writes to; nothing if it is no terminal.
  Width width() const;

  // PASS in green, FAIL and ERROR in red on a terminal, unless NO_COLOR is set.
  std::string Outcome(const std::string& outcome) const;

  // A bar on a terminal, nothing elsewhere. `done` of `total`; the last call clears it.
  void Progress(std::string_view what, std::size_t done, std::size_t total);

  base::Result<std::string> ReadFile(const std::string& path);

 private:
  static constexpr std::uint64_t kMaxFile = 4ULL << 30;

  const Surroundings& surroundings_;
  GlobalOptions options_;
  struct Said {
    std::string option;
    std::string value;
  };
  std::map<std::string, Said> overrides_;  // by variable
  std::unique_ptr<Transport> transport_;
};

}  // namespace moorage::cli
