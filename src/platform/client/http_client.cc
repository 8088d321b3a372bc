#include "platform/client/http_client.h"

#include <curl/curl.h>

#include <map>
#include <string>
#include <utility>

#include "foundation/base/ascii.h"
#include "foundation/model/path_template.h"
#include "platform/client/api_error.h"

namespace moorage::client {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::ApiCall;
using model::ApiReply;

// libcurl's own start-up, once for the process.
class CurlLibrary {
 public:
  CurlLibrary() { ready_ = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }
  ~CurlLibrary() { curl_global_cleanup(); }
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
  bool ready() const { return ready_; }

 private:
  bool ready_ = false;
};

bool StartCurl() {
  static const CurlLibrary library;
  return library.ready();
}

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeMime {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

// What libcurl writes into while a call runs.
struct Sink {
  std::string body;
  std::uint64_t limit = 0;
  bool too_large = false;
};

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto* sink = static_cast<Sink*>(user);
  const std::size_t bytes = size * count;
  // Counts after decompression, which libcurl does, so a small answer cannot unfold without bound.
  // A result of 0 ends the call.
  if (sink->body.size() + bytes > sink->limit) {
    sink->too_large = true;
    return 0;
  }
  sink->body.append(data, bytes);
  return bytes;
}

bool Unreserved(char c) {
  return base::IsLetter(c) || base::IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Percent-encodes what RFC 3986 does not call unreserved, but for the characters of `keep`.
std::string Encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (Unreserved(c) || keep.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

// The target of a call. It is the path of its row, percent-encoded, and its query.
Result<std::string> Target(const ApiCall& call) {
  std::map<std::string, std::string> encoded;
  // A segment may hold both characters as they are (RFC 3986 section 3.3), and URLs stay readable.
  for (const auto& [name, value] : call.parameters) encoded[name] = Encode(value, "@:");
  ASSIGN_OR_RETURN(std::string target, model::RenderPath(call.operation->path, encoded));
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    target += separator + Encode(name, {}) + '=' + Encode(value, {});
    separator = '&';
  }
  return target;
}

// "http://[::1]:8000" -> "::1"
std::string_view HostOf(std::string_view server) {
  std::string_view host = server.substr(server.find("//") + 2);
  // What stands before an '@' is a user.
  host.remove_prefix(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool IsLoopback(std::string_view host) {
  const bool number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return base::EqualsIgnoreCase(host, "localhost") || host == "::1" ||
         (number && host.starts_with("127."));
}

// Rounds up, because libcurl takes 0 for no limit.
long Milliseconds(base::Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

}  // namespace

struct HttpClient::State {
  Options options;
  CURL* handle = nullptr;
  char reason[CURL_ERROR_SIZE] = {};

  explicit State(Options given) : options(std::move(given)), handle(curl_easy_init()) {}
  ~State() { curl_easy_cleanup(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  template <typename T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(handle, option, value);
  }

  void Prepare(const std::string& url, Sink& sink) {
    curl_easy_reset(handle);
    reason[0] = '\0';
    Set(CURLOPT_URL, url.c_str());
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    // A redirected call would reach a server that the user has not named.
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    // Otherwise timeouts of name resolution would use SIGALRM, which belongs to the whole process.
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options.connect_timeout));
    Set(CURLOPT_TIMEOUT_MS, Milliseconds(options.timeout));
    Set(CURLOPT_ERRORBUFFER, reason);
    Set(CURLOPT_USERAGENT, "moorage");
    Set(CURLOPT_WRITEFUNCTION, &OnBody);
    Set(CURLOPT_WRITEDATA, &sink);
    // The empty text stands for each encoding that libcurl can undo.
    Set(CURLOPT_ACCEPT_ENCODING, "");
    // This machine is never reached through a proxy, whatever http_proxy and all_proxy are.
    if (IsLoopback(HostOf(options.server))) Set(CURLOPT_PROXY, "");
    if (!options.token.empty()) {
      Set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
      Set(CURLOPT_XOAUTH2_BEARER, options.token.c_str());
    }
  }

  Result<RawAnswer> Perform(Sink& sink) {
    const CURLcode code = curl_easy_perform(handle);
    // Before the code of libcurl, which reports the refusal of OnBody() as a failed write.
    if (sink.too_large) {
      return Error{Code::kExhausted, "server " + options.server + ": the answer is larger than " +
                                         std::to_string(sink.limit) + " bytes"};
    }
    if (code != CURLE_OK) {
      const std::string why = reason[0] != '\0' ? reason : curl_easy_strerror(code);
      const bool late = code == CURLE_OPERATION_TIMEDOUT;
      return Error{
          late ? Code::kDeadline : Code::kUnavailable,
          "server " + options.server + ": " + why +
              (code == CURLE_COULDNT_CONNECT ? "; is `moorage serve` running there?" : "") +
              (code == CURLE_COULDNT_RESOLVE_PROXY
                   ? "; the proxy comes from http_proxy, https_proxy "
                     "or all_proxy"
                   : "")};
    }
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return RawAnswer{static_cast<int>(status), std::move(sink.body)};
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::Make(Options options) {
  std::string_view rest = options.server;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  options.server = rest;
  // Only scheme and authority. A path would stand in front of each operation's own.
  const bool http = rest.starts_with("http://") || rest.starts_with("https://");
  const std::string_view host = http ? rest.substr(rest.find("//") + 2) : std::string_view();
  if (host.empty() || host.find_first_of("/?# ") != std::string_view::npos) {
    return Error{Code::kInvalid, "server '" + options.server +
                                     "': expected http://HOST[:PORT] or https://HOST[:PORT]"};
  }
  if (!StartCurl()) return Error{Code::kInternal, "the HTTP client cannot start"};
  auto state = std::make_unique<State>(std::move(options));
  if (state->handle == nullptr) return Error{Code::kInternal, "the HTTP client cannot start"};
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(state)));
}

Result<HttpClient::RawAnswer> HttpClient::Get(const model::OperationRow& question) {
  Sink sink{.body = {}, .limit = state_->options.max_answer};
  ASSIGN_OR_RETURN(const std::string target, Target(model::MakeCall(question)));
  state_->Prepare(state_->options.server + target, sink);
  return state_->Perform(sink);
}

Result<ApiReply> HttpClient::Call(const ApiCall& call) {
  Sink sink{.body = {}, .limit = state_->options.max_answer};
  ASSIGN_OR_RETURN(const std::string target, Target(call));
  const model::Verb verb = call.operation->verb;
  state_->Prepare(state_->options.server + target, sink);
  state_->Set(CURLOPT_CUSTOMREQUEST, std::string(model::Name(verb)).c_str());
  std::unique_ptr<curl_slist, FreeHeaders> headers;
  std::unique_ptr<curl_mime, FreeMime> mime;
  std::string text;
  if (!call.parts.empty()) {
    mime.reset(curl_mime_init(state_->handle));
    for (const model::ApiPart& given : call.parts) {
      curl_mimepart* part = curl_mime_addpart(mime.get());
      curl_mime_name(part, given.name.c_str());
      if (!given.filename.empty()) curl_mime_filename(part, given.filename.c_str());
      curl_mime_data(part, given.bytes.data(), given.bytes.size());
    }
    state_->Set(CURLOPT_MIMEPOST, mime.get());
  } else if (!call.body.is_null()) {
    text = json::ToText(call.body);
    headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    state_->Set(CURLOPT_HTTPHEADER, headers.get());
    // libcurl does not copy the text, which lives until the call has ended.
    state_->Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    state_->Set(CURLOPT_POSTFIELDS, text.c_str());
  } else if (verb == model::Verb::kPost || verb == model::Verb::kPut) {
    // A POST without a body still names its length, and must not be called a form.
    state_->Set(CURLOPT_POSTFIELDSIZE, 0L);
    state_->Set(CURLOPT_POSTFIELDS, "");
    headers.reset(curl_slist_append(nullptr, "Content-Type:"));
    state_->Set(CURLOPT_HTTPHEADER, headers.get());
  }
  ASSIGN_OR_RETURN(const RawAnswer answer, state_->Perform(sink));
  if (answer.status >= 400) return ErrorOfAnswer(answer.status, answer.body);
  if (answer.status >= 300) {
    return Error{Code::kUnavailable, "server " + state_->options.server +
                                         ": answers with a redirect; give its final address"};
  }
  auto body = json::ParseJson(answer.body);
  if (!body.ok()) {
    return Error{Code::kUnavailable, "server " + state_->options.server +
                                         ": the answer is not JSON; is this Moorage's port?"};
  }
  return ApiReply{answer.status, *std::move(body)};
}

}  // namespace moorage::client
