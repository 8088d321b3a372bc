#include "edge/cli/shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "edge/cli/remedy_text.h"
#include "edge/cli/remote_connection.h"
#include "edge/cli/text/text.h"
#include "foundation/base/text_file.h"

namespace moorage::cli {

namespace {

using base::Error;
using base::Result;
using cli_text::Harmless;
using cli_text::Width;

constexpr std::uint64_t kMaxConfig = 1ULL << 20;
constexpr const char* kDefaultConfig = "moorage.yaml";

// Returns 0 or the number of the error. Output and messages may go to one terminal, and keep their
// order there, so nothing stays in the buffer.
int Put(std::FILE* stream, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (std::fflush(stream) == 0 && whole) return 0;
  return errno != 0 ? errno : EIO;
}

// The text with the first `what` in it replaced.
std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
  return text;
}

}  // namespace

Result<config::LoadedConfig> Shell::LoadConfig() {
  // The default file may be absent. A file that is named must exist.
  std::string file = options_.config;
  if (file.empty() && surroundings_.files.Stat(kDefaultConfig).ok()) file = kDefaultConfig;
  std::string text;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(text, base::ReadTextFile(surroundings_.files, file, kMaxConfig));
  }
  std::map<std::string, std::string> environment = surroundings_.environment;
  // PORT asks for a port of the server. An explicit --listen wins over it.
  if (overrides_.contains("MOORAGE_SERVER__LISTEN")) environment.erase("PORT");
  for (const auto& [variable, said] : overrides_) environment[variable] = said.value;
  auto loaded = config::LoadConfig(text, file, environment);
  if (loaded.ok()) return loaded;
  // The error names the variable that carried the value, but the user typed the option.
  Error error = std::move(loaded).error();
  for (const auto& [variable, said] : overrides_) {
    error.message = Replaced(std::move(error.message), variable, said.option);
    for (base::Detail& detail : error.details) {
      detail.path = Replaced(std::move(detail.path), variable, said.option);
    }
  }
  return error;
}

Result<model::ApiReply> Shell::Call(const model::ApiCall& call) {
  if (connection_ == nullptr && !options_.server.empty()) {
    client::HttpClient::Options options;
    options.server = options_.server;
    options.token = Token();
    ASSIGN_OR_RETURN(auto client, client::HttpClient::Make(std::move(options)));
    connection_ = std::make_unique<RemoteConnection>(std::move(client));
  }
  if (connection_ == nullptr) {
    ASSIGN_OR_RETURN(const auto loaded, LoadConfig());
    ASSIGN_OR_RETURN(connection_, surroundings_.open_local(loaded.config));
  }
  auto reply = connection_->Call(call);
  if (reply.ok()) return reply;
  // The error names the parameter of the query, but the user typed the option.
  Error error = std::move(reply).error();
  for (const auto& [name, value] : call.query) {
    error.message = Replaced(std::move(error.message), "query '" + name + "'", "--" + name);
  }
  return error;
}

std::string Shell::Token() const {
  const auto found = surroundings_.environment.find("MOORAGE_TOKEN");
  if (!options_.token.empty() || found == surroundings_.environment.end()) return options_.token;
  return found->second;
}

Width Shell::width() const {
  winsize size{};
  const int stream = ::fileno(surroundings_.out);
  const bool known = ::isatty(stream) != 0 && ::ioctl(stream, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? Width(size.ws_col) : std::nullopt;
}

std::string Shell::Outcome(const std::string& outcome) const {
  // By the convention of no-color.org an empty variable counts as unset.
  const auto no_color = surroundings_.environment.find("NO_COLOR");
  const bool wanted = no_color == surroundings_.environment.end() || no_color->second.empty();
  if (!wanted || ::isatty(::fileno(surroundings_.out)) == 0) return outcome;
  const char* colour = outcome == "PASS" ? "32" : outcome == "INCONCLUSIVE" ? "33" : "31";
  return std::string("\033[") + colour + "m" + outcome + "\033[0m";
}

void Shell::Print(std::string_view text) {
  if (!printed_.ok()) return;
  const int error = Put(surroundings_.out, text);
  if (error == 0) return;
  const bool full = error == ENOSPC || error == EDQUOT;
  const base::Code code = error == EPIPE ? base::Code::kCancelled
                          : full         ? base::Code::kStorageFull
                                         : base::Code::kUnavailable;
  printed_ = Error{code, "the output cannot be written: " + std::generic_category().message(error)};
}

// There is no other place to report that messages cannot be written.
void Shell::Say(std::string_view text) { (void)Put(surroundings_.err, text); }

int Shell::Fail(const Error& error) {
  std::string message = error.message;
  if (error.remedy) message += RemedyText(*error.remedy);
  std::string text = "moorage: " + Harmless(message) + "\n";
  // A single detail is in the sentence already.
  if (error.details.size() > 1) {
    for (const base::Detail& detail : error.details) {
      text += "  " + (detail.path.empty() ? "" : Harmless(detail.path) + ": ") +
              Harmless(detail.problem) + "\n";
    }
  }
  Say(text);
  return static_cast<int>(ExitCodeOf(error.code));
}

void Shell::Show(const json::Json& document,
                 const std::function<std::string(const json::Json&)>& render) {
  if (!options_.json) return Print(render(document));
  const std::string text = json::ToPrettyText(document);
  Print(text.ends_with('\n') ? text : text + "\n");
}

void Shell::Progress(std::string_view what, std::size_t done, std::size_t total) {
  constexpr std::size_t kWidth = 30;
  if (total == 0 || ::isatty(::fileno(surroundings_.err)) == 0) return;
  if (done >= total) return Say("\r\033[K");
  const std::size_t filled = kWidth * done / total;
  Say("\r" + std::string(what) + " [" + std::string(filled, '#') +
      std::string(kWidth - filled, '.') + "] " + std::to_string(100 * done / total) + " %");
}

Result<std::string> Shell::ReadText(const std::string& path) {
  return base::ReadTextFile(surroundings_.files, path, kMaxFile);
}

Result<std::string> Shell::ReadFile(const std::string& path) {
  return surroundings_.files.Read(path, kMaxFile);
}

}  // namespace moorage::cli
