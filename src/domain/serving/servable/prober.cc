#include "domain/serving/servable/prober.h"

#include <utility>

#include "domain/serving/servable/load_servable.h"
#include "domain/serving/servable/probe.h"

namespace moorage::servable {
namespace {

// Counts the changes of what trial runs try. A report of an older trial is made anew.
constexpr std::string_view kTrial = "trial 2";

std::string ProcessorClass() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") != 0) return "x86_64 avx512f";
  if (__builtin_cpu_supports("avx2") != 0) return "x86_64 avx2";
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "other";
#endif
}

}  // namespace

base::Status ProberHere::TryOpen(const model::Artifact& artifact,
                                 const base::CancelToken& /*cancel*/) {
  if (step_) step_("the opening of its graph");
  const auto session = backend_.Open(artifact);
  if (!session.ok()) return session.error();
  return {};
}

base::Result<ProbeReport> ProberHere::Probe(const ProbeRequest& request) {
  if (step_) step_("the opening of its graph");
  // The names show nowhere. A report is about the artifact.
  ASSIGN_OR_RETURN(const std::unique_ptr<Servable> servable,
                   OpenServable(backend_, {.name = model::ModelName("trial"),
                                           .version = *model::SemVer::Parse("0.0.0"),
                                           .artifact = request.artifact,
                                           .id = 0}));
  return servable::Probe(*servable,
                         {.batch_size = batch_size_, .rows = request.rows, .step = step_}, clock_);
}

ProbeKey ProbeKey::Of(const runtime::Backend& backend) {
  return {.engine = backend.version() + ", " + std::string(kTrial), .processor = ProcessorClass()};
}

}  // namespace moorage::servable
