// What a request costs in the lane: the cancer example through ONNX Runtime, decoded from a float
// array, predictions read in the completion. Arguments: requests per tick, ticks. Prints
// nanoseconds per request; run it under callgrind with two numbers of ticks for instructions per
// request.
//
//   inference_lane_bench 20 100000

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "domain/serving/batch_executor.h"
#include "domain/serving/inference_lane.h"
#include "domain/serving/load_servable.h"
#include "domain/serving/testing/example_artifact.h"
#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::serving {
namespace {

struct Reading {
  std::size_t answered = 0;
  double sum = 0;
  model::PredictionReader::Scratch scratch;
};

void Tick(InferenceLane& lane, const ServableHandle& servable, std::size_t requests,
          const std::vector<float>& features, Reading& reading) {
  for (std::size_t i = 0; i < requests; ++i) {
    auto rows = lane.OpenRows(servable);
    if (!rows.ok()) std::abort();
    const auto row = rows->Add();
    std::memcpy(row->inputs[0].bytes, features.data(), features.size() * sizeof(float));
    lane.Submit(std::move(*rows), {},
                [&reading, &servable](const base::Result<InferAnswer>& answer) {
                  const auto prediction =
                      servable->reader->Read(answer->outputs, answer->first_row, reading.scratch);
                  reading.sum += prediction->probabilities[0];
                  ++reading.answered;
                });
  }
  lane.EndTick();
}

int Main(std::size_t requests, std::size_t ticks) {
  const base::Clock& clock = base::SystemClock::Get();
  runtime::OnnxBackend backend;
  const auto artifact = ExampleArtifact("cancer", backend);
  if (!artifact.ok()) {
    std::fprintf(stderr, "%s\n", artifact.error().message.c_str());
    return 1;
  }
  auto loaded = ServableLoader(backend, clock, 32)
                    .Load(model::ModelName("cancer"), *model::SemVer::Parse("1.0.0"), *artifact, 1);
  if (!loaded.ok()) return 1;
  const ServableHandle servable = std::move(loaded->servable);
  BatchExecutor executor({}, clock);
  InferenceLane::Options options;
  options.inline_run = options.inline_tick = std::chrono::hours(10);  // valgrind is slow
  options.batch_size = 32;
  InferenceLane lane(options, executor, clock, [] {});
  std::vector<float> features(servable->layout->features(), 1.5F);
  Reading reading;
  for (int i = 0; i < 100; ++i) Tick(lane, servable, requests, features, reading);
  const base::Instant start = clock.Monotonic();
  for (std::size_t i = 0; i < ticks; ++i) Tick(lane, servable, requests, features, reading);
  const auto took = static_cast<double>((clock.Monotonic() - start).count());
  if (reading.answered != (ticks + 100) * requests) return 1;
  std::printf("%zu per tick: %.0f ns per request (S(1) %ld ns, per row %ld ns)\n", requests,
              took / static_cast<double>(ticks * requests),
              static_cast<long>(servable->cost.Of(1).count()),
              static_cast<long>(servable->cost.per_row.count()));
  return 0;
}

}  // namespace
}  // namespace moorage::serving

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  return moorage::serving::Main(std::strtoul(argv[1], nullptr, 10),
                                std::strtoul(argv[2], nullptr, 10));
}
