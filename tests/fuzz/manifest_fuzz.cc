#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "domain/contract/infer_manifest.h"
#include "domain/contract/metadata.h"
#include "domain/contract/signature_diff.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"
#include "foundation/rows/row_memory.h"

namespace {

// NOLINTBEGIN(google-build-using-namespace): a program of one file
using namespace moorage::contract;
using namespace moorage::json;
using namespace moorage::model;
using namespace moorage::rows;
// NOLINTEND(google-build-using-namespace)

void Require(bool law) {
  if (!law) std::abort();
}

// A manifest that was read is written in its canonical form, which reads and writes as itself.
void CheckManifest(const Manifest& manifest) {
  const std::string text = ToText(ToJson(manifest));
  const auto json = ParseJson(text);
  Require(json.ok());
  const auto again = ManifestFromJson(*json);
  Require(again.ok() && ToText(ToJson(*again)) == text && Diff(manifest, *again).empty());
  static_cast<void>(PredictionReader::Make(manifest).ok());
  const auto layout = RowLayout::Make(manifest);
  if (!layout.ok() || layout->features() > 4096) return;
  const RowMemory memory(*layout);
  for (const GoldenRequest& golden : manifest.golden) {
    static_cast<void>(StoreJsonRow(*layout, memory.target(), golden.features, "features").ok());
  }
}

}  // namespace

// The input is a JSON document: read as a manifest, and as metadata from which one is inferred.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = ParseJson(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json.ok()) return 0;
  const auto same = ParseJson(ToText(*json));
  Require(same.ok() && ToText(*same) == ToText(*json));
  if (const auto manifest = ManifestFromJson(*json); manifest.ok()) CheckManifest(*manifest);
  const auto metadata = MetadataFromJson(*json);
  if (!metadata.ok()) return 0;
  const Signature signature = {
      .inputs = {{.name = "x", .type = DataType::kFp32, .shape = {-1, 2}},
                 {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}}},
      .outputs = {{.name = "label", .type = DataType::kInt64, .shape = {-1}},
                  {.name = "score", .type = DataType::kFp32, .shape = {-1, 2}}}};
  const auto inferred =
      InferManifest(signature, *metadata, {.metadata = {}, .producer = "fuzz", .outputs = {}});
  if (inferred.ok()) CheckManifest(inferred->manifest);
  return 0;
}
