#include "domain/contract/signature_diff.h"

#include <algorithm>
#include <optional>

#include "foundation/rows/row_layout.h"

namespace moorage::contract {

namespace {

using Changes = std::vector<ContractChange>;

// Which side of the signature is compared, and how its entries are called.
enum class Side : std::uint8_t { kInput, kOutput };

std::string Title(Side side, const model::TensorSpec& spec) {
  return std::string(side == Side::kInput ? "input '" : "output '") + spec.name + "'";
}

std::string ShapeText(const model::TensorSpec& spec) {
  return spec.has_shape ? model::FormatShape(spec.shape) : "any shape";
}

std::string Arrow(std::string_view from, std::string_view to) {
  return std::string(from) + " -> " + std::string(to);
}

// True if every tensor of the shape of `narrow` is one of the shape of `wide`.
bool Includes(const model::TensorSpec& wide, const model::TensorSpec& narrow) {
  if (!wide.has_shape) return true;
  if (!narrow.has_shape || wide.shape.size() != narrow.shape.size()) return false;
  for (std::size_t i = 0; i < wide.shape.size(); ++i) {
    if (wide.shape[i] >= 0 && wide.shape[i] != narrow.shape[i]) return false;
  }
  return true;
}

// Nothing if the shapes are equal. An input may take more than before, and an output may promise
// more than before. Both are minor, and the ways back are major.
std::optional<Bump> CompareShapes(Side side, const model::TensorSpec& from,
                                  const model::TensorSpec& to) {
  if (from.has_shape == to.has_shape && from.shape == to.shape) return std::nullopt;
  const bool safe = side == Side::kInput ? Includes(to, from) : Includes(from, to);
  return safe ? Bump::kMinor : Bump::kMajor;
}

void CompareSpecs(Side side, const model::TensorSpec& from, const model::TensorSpec& to,
                  Changes& changes) {
  const std::string title = Title(side, to);
  if (from.type != to.type) {
    changes.push_back(
        {Bump::kMajor, title + ": datatype " + Arrow(Name(from.type), Name(to.type))});
  }
  const bool keys_differ =
      to.kind == model::ValueKind::kMapSequence && from.key_type != to.key_type;
  if (from.kind != to.kind || keys_differ) {
    const auto kind = [](const model::TensorSpec& spec) {
      return spec.kind == model::ValueKind::kTensor ? std::string("tensor")
                                                    : "maps by " + std::string(Name(spec.key_type));
    };
    changes.push_back({Bump::kMajor, title + ": " + Arrow(kind(from), kind(to))});
  }
  if (const auto bump = CompareShapes(side, from, to)) {
    changes.push_back({*bump, title + ": shape " + Arrow(ShapeText(from), ShapeText(to))});
  }
  if (from.optional != to.optional) {
    changes.push_back({to.optional ? Bump::kMinor : Bump::kMajor,
                       title + (to.optional ? ": no longer required" : ": now required")});
  }
}

const model::TensorSpec* FindSpec(const std::vector<model::TensorSpec>& specs,
                                  const std::string& name) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const model::TensorSpec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

// The entries of `specs` whose names are not in `others`.
std::vector<const model::TensorSpec*> OnlyIn(const std::vector<model::TensorSpec>& specs,
                                             const std::vector<model::TensorSpec>& others) {
  std::vector<const model::TensorSpec*> only;
  for (const model::TensorSpec& spec : specs) {
    if (FindSpec(others, spec.name) == nullptr) only.push_back(&spec);
  }
  return only;
}

bool SameButForName(model::TensorSpec a, const model::TensorSpec& b) {
  a.name = b.name;
  return a == b;
}

void CompareSide(Side side, const std::vector<model::TensorSpec>& from,
                 const std::vector<model::TensorSpec>& to, Changes& changes) {
  const auto removed = OnlyIn(from, to);
  const auto added = OnlyIn(to, from);
  // One entry that differs in its name alone is reported as renamed. With more of them any pairing
  // would be a guess.
  if (removed.size() == 1 && added.size() == 1 && SameButForName(*removed[0], *added[0])) {
    changes.push_back(
        {Bump::kMajor, Title(side, *removed[0]) + ": renamed to '" + added[0]->name + "'"});
  } else {
    for (const model::TensorSpec* spec : removed) {
      changes.push_back({Bump::kMajor, Title(side, *spec) + ": removed"});
    }
    for (const model::TensorSpec* spec : added) {
      // Callers must send a new required input, and may ignore a new output.
      const bool harmless = side == Side::kOutput || spec->optional;
      changes.push_back({harmless ? Bump::kMinor : Bump::kMajor, Title(side, *spec) + ": added" +
                                                                     (side == Side::kOutput ? ""
                                                                      : harmless ? ", optional"
                                                                                 : ", required")});
    }
  }
  for (const model::TensorSpec& spec : from) {
    if (const model::TensorSpec* next = FindSpec(to, spec.name))
      CompareSpecs(side, spec, *next, changes);
  }
}

std::string RoleText(const model::Manifest& manifest, const std::string& output) {
  const auto found = manifest.output_roles.find(output);
  return found == manifest.output_roles.end() ? "none" : std::string(Name(found->second));
}

void CompareRoles(const model::Manifest& from, const model::Manifest& to, Changes& changes) {
  for (const model::TensorSpec& spec : from.signature.outputs) {
    if (!to.signature.FindOutput(spec.name)) continue;
    const std::string before = RoleText(from, spec.name);
    const std::string after = RoleText(to, spec.name);
    if (before == after) continue;
    changes.push_back(
        {Bump::kMajor, Title(Side::kOutput, spec) + ": role " + Arrow(before, after)});
  }
}

void CompareFeatures(const model::Manifest& from, const model::Manifest& to, Changes& changes) {
  if (from.features == to.features) return;
  if (from.features.size() != to.features.size()) {
    changes.push_back({Bump::kMajor, "features: " + Arrow(std::to_string(from.features.size()),
                                                          std::to_string(to.features.size()))});
    return;
  }
  const auto [before, after] =
      std::mismatch(from.features.begin(), from.features.end(), to.features.begin());
  changes.push_back({Bump::kMajor, "feature " + std::to_string(before - from.features.begin()) +
                                       ": " + Arrow("'" + *before + "'", "'" + *after + "'")});
}

// "x[3]", the element of an input that a feature fills.
std::string SlotText(const model::Manifest& manifest, const rows::FeatureSlot& slot) {
  return manifest.signature.inputs[slot.input].name + "[" + std::to_string(slot.offset) + "]";
}

// The same feature may fill another element, although every name is as before. Inputs that are not
// on both sides, and features of other names, are reported by themselves.
void CompareSlots(const model::Manifest& from, const model::Manifest& to, Changes& changes) {
  if (from.features != to.features) return;
  const auto before = rows::RowLayout::Make(from);
  const auto after = rows::RowLayout::Make(to);
  if (!before.ok() || !after.ok() || before->features() != after->features()) return;
  for (std::size_t i = 0; i < before->features(); ++i) {
    const rows::FeatureSlot& old_slot = before->slots()[i];
    const rows::FeatureSlot& new_slot = after->slots()[i];
    const std::string& old_input = from.signature.inputs[old_slot.input].name;
    const std::string& new_input = to.signature.inputs[new_slot.input].name;
    if (old_input == new_input && old_slot.offset == new_slot.offset) continue;
    if (FindSpec(to.signature.inputs, old_input) == nullptr ||
        FindSpec(from.signature.inputs, new_input) == nullptr) {
      continue;
    }
    const std::string title =
        i < before->names().size() ? "'" + before->names()[i] + "'" : std::to_string(i);
    changes.push_back({Bump::kMajor, "feature " + title + ": " +
                                         Arrow(SlotText(from, old_slot), SlotText(to, new_slot))});
    return;
  }
}

std::string LabelsText(const model::Labels& labels) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < model::Count(labels) && i < kShown; ++i) {
    text += (i > 0 ? ", " : "") + model::LabelText(labels, i);
  }
  return "[" + text + (model::Count(labels) > kShown ? ", ...]" : "]");
}

}  // namespace

std::string_view Name(Bump bump) {
  switch (bump) {
    case Bump::kPatch:
      return "patch";
    case Bump::kMinor:
      return "minor";
    case Bump::kMajor:
      return "major";
  }
  return "major";
}

std::vector<ContractChange> Diff(const model::Manifest& from, const model::Manifest& to) {
  Changes changes;
  CompareSide(Side::kInput, from.signature.inputs, to.signature.inputs, changes);
  CompareSide(Side::kOutput, from.signature.outputs, to.signature.outputs, changes);
  if (from.task != to.task) {
    changes.push_back({Bump::kMajor, "task: " + Arrow(Name(from.task), Name(to.task))});
  }
  CompareRoles(from, to, changes);
  if (from.labels != to.labels) {
    changes.push_back(
        {Bump::kMajor, "labels: " + Arrow(LabelsText(from.labels), LabelsText(to.labels))});
  }
  CompareFeatures(from, to, changes);
  CompareSlots(from, to, changes);
  if (from.allow_missing != to.allow_missing) {
    changes.push_back(
        {to.allow_missing ? Bump::kMinor : Bump::kMajor,
         to.allow_missing ? "missing values: now taken" : "missing values: no longer taken"});
  }
  return changes;
}

Bump LeastBump(const std::vector<ContractChange>& changes) {
  Bump least = Bump::kPatch;
  for (const ContractChange& change : changes) least = std::max(least, change.bump);
  return least;
}

model::SemVer Next(const model::SemVer& current, Bump bump) {
  switch (bump) {
    case Bump::kPatch:
      return current.NextPatch();
    case Bump::kMinor:
      return current.NextMinor();
    case Bump::kMajor:
      break;
  }
  return current.NextMajor();
}

bool Covers(const model::SemVer& current, const model::SemVer& next, Bump needed) {
  if (!(current < next)) return false;
  // Before 1.0.0 anything may change at any time (Semantic Versioning 2.0.0, item 4). Numbers are
  // texts, because their length has no bound.
  if (current.major() == "0" || needed == Bump::kPatch) return true;
  // A pre-release is judged as the release that it comes before, which NextPatch() of it is.
  const model::SemVer release = next.is_prerelease() ? next.NextPatch() : next;
  return !(release < Next(current, needed));
}

}  // namespace moorage::contract
