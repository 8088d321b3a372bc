#include "platform/runtime/onnx/onnx_backend.h"

#include <onnxruntime_session_options_config_keys.h>

#include <cstdlib>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "platform/runtime/onnx/charged_run.h"
#include "platform/runtime/onnx/foreign_bytes.h"
#include "platform/runtime/onnx/onnx_outline.h"
#include "platform/runtime/onnx/onnx_session.h"
#include "platform/runtime/onnx/ort_error.h"
#include "platform/runtime/onnx/ort_signature.h"
#include "platform/runtime/onnx/text_locale.h"
#include "platform/runtime/onnx/zip_map.h"
#include "platform/runtime/run_guard.h"

namespace moorage::runtime {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

void ORT_API_CALL Log(void* param, OrtLoggingLevel /*severity*/, const char* /*category*/,
                      const char* /*logid*/, const char* /*code_location*/, const char* message) {
  const auto& options = *static_cast<const OnnxOptions*>(param);
  if (options.log) options.log(CleanOrtMessage(message));
}

// Turns telemetry off before the first call into the library (releases from 1.29 on have it), then
// binds its function table.
Ort::Env MakeEnv(const OnnxOptions& options) {
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);  // NOLINT(concurrency-mt-unsafe): start-up
  // Without it a text model is refused when it is opened, and others are not concerned.
  (void)ProvideTextLocale();
  Ort::InitApi(OrtGetApiBase()->GetApi(ORT_API_VERSION));
  const OrtLoggingLevel level = options.log ? ORT_LOGGING_LEVEL_WARNING : ORT_LOGGING_LEVEL_FATAL;
  // The library only hands the pointer back, and Log() only reads.
  Ort::Env env(level, "moorage", Log, const_cast<OnnxOptions*>(&options));  // NOLINT(*-const-cast)
  env.DisableTelemetryEvents();
  ChargeTensors(env);
  return env;
}

// A name that can only mean a file beside the model.
bool IsPlainRelative(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos)
    return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) return false;
  }
  // Framed by slashes, so that one search finds ".." at each place and not inside a name.
  const std::string framed = "/" + std::string(name) + "/";
  return framed.find("/../") == std::string::npos;
}

// Without this check the library would look for a missing file on the disk, and a graph could read
// files of the server into its weights.
Status CheckExternalData(const OnnxOutline& outline, const model::Artifact& artifact) {
  std::set<std::string_view> given;
  for (const model::NamedBytes& file : artifact.external) given.insert(file.name);
  for (const std::string& name : outline.external_files) {
    if (!IsPlainRelative(name)) {
      return Error{Code::kInvalid, "the graph refers to the external data file '" + name +
                                       "': external data must lie beside the model"};
    }
    if (!given.contains(name)) {
      return Error{Code::kInvalid, "the graph needs the external data file '" + name +
                                       "', which was not given with the model"};
    }
  }
  return {};
}

Error NotAModel(const std::string& description) {
  return Error{Code::kInvalid, "not an ONNX model: the file is " + description};
}

}  // namespace

OnnxBackend::OnnxBackend(OnnxOptions options)
    : options_(std::move(options)), env_(MakeEnv(options_)) {
  InstallRunGuard();
}

std::string OnnxBackend::version() const { return "onnxruntime " + Ort::GetVersionString(); }

Ort::SessionOptions OnnxBackend::MakeSessionOptions(const model::Artifact& artifact) const {
  Ort::SessionOptions session;
  // With one thread a run stays on the thread that asks for it, a reactor or the executor's.
  session.SetIntraOpNumThreads(options_.threads);
  session.SetInterOpNumThreads(1);
  session.SetExecutionMode(ORT_SEQUENTIAL);
  session.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // An arena keeps the memory of the largest batch as long as the session lives. A pattern helps
  // only where each run has the same shape, and the rows of a batch vary.
  session.DisableCpuMemArena();
  session.DisableMemPattern();
  session.AddConfigEntry(kOrtSessionOptionsConfigUseEnvAllocators, "1");
  session.SetDeterministicCompute(true);
  session.SetLogSeverityLevel(options_.log ? ORT_LOGGING_LEVEL_WARNING : ORT_LOGGING_LEVEL_FATAL);
  // Threads that spin while they wait take the processor from the reactors.
  session.AddConfigEntry(kOrtSessionOptionsConfigAllowIntraOpSpinning, "0");
  session.AddConfigEntry(kOrtSessionOptionsConfigAllowInterOpSpinning, "0");
  session.AddConfigEntry(kOrtSessionOptionsConfigDisablePrepacking, "0");
  // Denormals stay, because a flush to zero would give other answers than in training.
  session.AddConfigEntry(kOrtSessionOptionsConfigSetDenormalAsZero, "0");
  // Otherwise the library guesses, and takes its own format, which ReadOnnxOutline() cannot check.
  session.AddConfigEntry(kOrtSessionOptionsConfigLoadModelFormat, "ONNX");
  if (!artifact.external.empty()) {
    std::vector<std::string> names;
    std::vector<char*> buffers;
    std::vector<std::size_t> sizes;
    for (const model::NamedBytes& file : artifact.external) {
      names.push_back(file.name);
      // The library copies from these. Its interface lacks the const.
      buffers.push_back(const_cast<char*>(file.bytes->data()));  // NOLINT(*-const-cast)
      sizes.push_back(file.bytes->size());
    }
    session.AddExternalInitializersFromFilesInMemory(names, buffers, sizes);
  }
  return session;
}

Result<std::unique_ptr<Session>> OnnxBackend::Open(const model::Artifact& artifact) {
  static const std::string kNoBytes;
  const std::string& bytes = artifact.model ? *artifact.model : kNoBytes;
  // The bytes are hostile until these three have looked at them. Only then may the library.
  if (auto foreign = DescribeForeignBytes(bytes)) return NotAModel(*foreign);
  ASSIGN_OR_RETURN(OnnxOutline outline, ReadOnnxOutline(bytes));
  RETURN_IF_ERROR(CheckExternalData(outline, artifact));
  try {
    const std::optional<LoweredModel> lowered = LowerZipMaps(bytes);
    const std::string& graph = lowered ? lowered->bytes : bytes;
    // The library computes what is constant while it loads.
    const GuardedRun guard(artifact.digest.value());
    Ort::Session session(env_, graph.data(), graph.size(), MakeSessionOptions(artifact));
    if (guard.divided_by_zero()) return ConstantDividedByZero();
    static const std::map<std::string, ZipMapOutput> kNone;
    ASSIGN_OR_RETURN(OrtSignature signature,
                     ReadOrtSignature(session, outline, lowered ? lowered->outputs : kNone));
    return std::make_unique<OnnxSession>(std::move(session), std::move(signature),
                                         std::move(outline.graph), artifact.digest,
                                         options_.memory);
  } catch (const Ort::Exception& e) {
    return TranslateLoadError(e.what());
  } catch (const std::bad_alloc&) {
    return Error{Code::kExhausted, "there is not enough memory to load the model"};
  }
}

}  // namespace moorage::runtime
