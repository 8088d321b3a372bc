#include "platform/runtime/onnx/output_origins.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "platform/runtime/onnx/graph_index.h"

namespace moorage::runtime {
namespace {

constexpr std::size_t kMaxOutputs = 4096;
constexpr int kMaxSteps = 64;
// A node with many inputs multiplies the ways back.
constexpr int kMaxVisits = 50'000;
// Of all outputs together, counted in nodes, their inputs and four times the labels that are kept.
// It takes half a second at most. What lies beyond shows nothing, so a push asks.
constexpr std::size_t kMostWork = 1'000'000;
constexpr std::size_t kWorkOfALabel = 4;
// TensorProto.DataType, as Cast names it.
constexpr std::int64_t kToFloat = 1, kToInt32 = 6, kToInt64 = 7, kToString = 8, kToDouble = 11;

using OpList = std::span<const std::string_view>;
constexpr std::array<std::string_view, 7> kCopies = {
    "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Dropout"};
constexpr std::array<std::string_view, 4> kPicks = {"Slice", "Gather", "GatherElements",
                                                    "ArrayFeatureExtractor"};
constexpr std::array<std::string_view, 3> kClassifiers = {"LinearClassifier", "SVMClassifier",
                                                          "TreeEnsembleClassifier"};
constexpr std::array<std::string_view, 4> kLinear = {"MatMul", "Gemm", "LinearRegressor",
                                                     "SVMRegressor"};
constexpr std::array<std::string_view, 4> kArithmetic = {"Add", "Sub", "Mul", "Div"};
constexpr std::array<std::string_view, 3> kPrepares = {"Cast", "Scaler", "Imputer"};

bool IsIn(OpList list, std::string_view op) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

// What a label output can hold while it is followed: its values, or positions of columns.
struct LabelTrace {
  ConstantValues values;
  bool positions = false;
  std::string node;
};

std::optional<model::Labels> ToLabels(const ConstantValues& values) {
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values)) return *integers;
  if (const auto* strings = std::get_if<std::vector<std::string>>(&values)) return *strings;
  return std::nullopt;
}

template <typename T>
bool HasDuplicates(const std::vector<T>& list) {
  return std::set<T>(list.begin(), list.end()).size() != list.size();
}

// The integers of whole numbers, as a cast to INT64 makes them. Nothing where one does not fit.
std::optional<ConstantValues> Truncated(const std::vector<double>& numbers) {
  std::vector<std::int64_t> integers;
  for (const double number : numbers) {
    constexpr double kBound = 9223372036854775808.0;  // 2^63
    if (!(number >= -kBound && number < kBound)) return std::nullopt;
    integers.push_back(static_cast<std::int64_t>(number));
  }
  return integers;
}

// The values after a Cast. A large integer that passes through FLOAT is another integer behind it.
std::optional<ConstantValues> CastValues(const ConstantValues& values, std::int64_t to) {
  const auto* integers = std::get_if<std::vector<std::int64_t>>(&values);
  const auto* numbers = std::get_if<std::vector<double>>(&values);
  if (to == kToInt64 || to == kToInt32) {
    if (integers != nullptr) return values;
    if (numbers != nullptr) return Truncated(*numbers);
  }
  if (to == kToFloat || to == kToDouble) {
    std::vector<double> cast;
    const auto add = [&](auto value) {
      cast.push_back(to == kToFloat ? static_cast<double>(static_cast<float>(value))
                                    : static_cast<double>(value));
    };
    if (integers != nullptr) std::ranges::for_each(*integers, add);
    if (numbers != nullptr) std::ranges::for_each(*numbers, add);
    if (integers != nullptr || numbers != nullptr) return cast;
  }
  if (to == kToString) {
    if (integers == nullptr) {
      return numbers == nullptr ? std::optional(values) : std::nullopt;
    }
    std::vector<std::string> texts;
    for (const std::int64_t value : *integers) texts.push_back(std::to_string(value));
    return texts;
  }
  return std::nullopt;
}

std::optional<ConstantValues> FirstAttribute(const GraphNode& node,
                                             std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (auto values = AttributeOf(node, name)) return values;
  }
  return std::nullopt;
}

std::optional<ConstantValues> ClassLabelsOf(const GraphNode& node) {
  return FirstAttribute(node, {"classlabels_int64s", "classlabels_ints", "classlabels_strings"});
}

// The values of LabelEncoder for each of `from`, in the order of `from`.
template <typename T>
std::optional<ConstantValues> MappedBy(const std::vector<T>& keys, const ConstantValues& to,
                                       const std::vector<T>& from) {
  if (keys.size() != CountOf(to)) return std::nullopt;
  std::vector<std::size_t> at;
  for (const T& value : from) {
    const auto found = std::find(keys.begin(), keys.end(), value);
    // The default of the encoder may be any value, so the label is not followed.
    if (found == keys.end()) return std::nullopt;
    at.push_back(static_cast<std::size_t>(found - keys.begin()));
  }
  return std::visit(
      [&](const auto& list) -> std::optional<ConstantValues> {
        std::remove_cvref_t<decltype(list)> mapped;
        for (const std::size_t index : at) mapped.push_back(list[index]);
        return mapped;
      },
      to);
}

std::optional<ConstantValues> Encoded(const GraphNode& node, const LabelTrace& from) {
  constexpr std::size_t kMost = 10'000;  // MappedBy is quadratic
  const auto to = FirstAttribute(node, {"values_int64s", "values_strings", "values_floats",
                                        "values_tensor", "classes_strings"});
  if (!to || CountOf(*to) > kMost || CountOf(from.values) > kMost) return std::nullopt;
  const auto keys =
      FirstAttribute(node, {"keys_int64s", "keys_strings", "keys_floats", "keys_tensor"});
  // The first form of the operator lists strings, and a position picks one of them.
  if (!keys) return from.positions ? to : std::nullopt;
  if (from.positions) {
    const auto* positions = std::get_if<std::vector<std::int64_t>>(&*keys);
    if (positions == nullptr) return std::nullopt;
    std::vector<std::int64_t> ascending(positions->size());
    for (std::size_t i = 0; i < ascending.size(); ++i) {
      ascending[i] = static_cast<std::int64_t>(i);
    }
    return MappedBy(*positions, *to, ascending);
  }
  return std::visit(
      [&](const auto& list) -> std::optional<ConstantValues> {
        const auto* same = std::get_if<std::remove_cvref_t<decltype(list)>>(&*keys);
        return same == nullptr ? std::nullopt : MappedBy(*same, *to, list);
      },
      from.values);
}

class Tracer {
 public:
  explicit Tracer(const GraphIndex& graph) : graph_(graph) {}

  model::OutputOrigin Trace(std::string_view output) {
    visits_ = 0;
    model::OutputOrigin origin;
    if (auto label = LabelsOf(output, 0)) {
      origin.labels = label->positions ? std::nullopt : ToLabels(label->values);
      origin.positions = label->positions;
      if (origin.labels || origin.positions) origin.node = std::move(label->node);
    } else if (auto columns = ColumnsOf(output, 0)) {
      origin.labels = ToLabels(columns->values);
      if (origin.labels) origin.node = std::move(columns->node);
    }
    origin.scores = KindOf(output, 0);
    if (origin.labels) work_ += kWorkOfALabel * model::Count(*origin.labels);
    return origin;
  }

 private:
  std::optional<GraphNode> Visit(std::string_view tensor, int steps) {
    if (steps > kMaxSteps || ++visits_ > kMaxVisits || work_ > kMostWork) return std::nullopt;
    auto node = graph_.MakerOf(tensor);
    if (!node || node->inputs.empty()) return std::nullopt;
    work_ += 1 + node->inputs.size();
    return node;
  }

  static bool IsOutput(const GraphNode& node, std::size_t index, std::string_view tensor) {
    return node.outputs.size() > index && node.outputs[index] == tensor;
  }

  // Of a tensor that holds the chosen label of each row.
  std::optional<LabelTrace> LabelsOf(std::string_view tensor, int steps) {
    const auto node = Visit(tensor, steps);
    if (!node) return std::nullopt;
    if (IsIn(kCopies, node->op_type)) return LabelsOf(node->inputs[0], steps + 1);
    if (IsIn(kClassifiers, node->op_type) && IsOutput(*node, 0, tensor)) {
      return Unique({.values = ClassLabelsOf(*node).value_or(ConstantValues{}),
                     .node = std::string(node->op_type)});
    }
    if (node->op_type == "ArgMax" ||
        (node->op_type == "TopK" && IsOutput(*node, 1, tensor) && PicksOne(*node))) {
      return LabelTrace{.values = {}, .positions = true, .node = std::string(node->op_type)};
    }
    if (node->op_type == "Cast") {
      auto from = LabelsOf(node->inputs[0], steps + 1);
      const auto to = AttributeOf(*node, "to");
      if (!from || from->positions || !to || CountOf(*to) != 1) return from;
      const auto* type = std::get_if<std::vector<std::int64_t>>(&*to);
      auto cast = type == nullptr ? std::nullopt : CastValues(from->values, type->front());
      if (!cast) return std::nullopt;
      from->values = *std::move(cast);
      return Unique(*std::move(from));
    }
    if ((node->op_type == "ArrayFeatureExtractor" || node->op_type == "Gather") &&
        node->inputs.size() == 2) {
      const auto index = LabelsOf(node->inputs[1], steps + 1);
      auto values = graph_.ConstantOf(node->inputs[0]);
      if (!index || !index->positions || !values) return std::nullopt;
      return Unique({.values = *std::move(values), .node = std::string(node->op_type)});
    }
    if (node->op_type == "LabelEncoder") {
      const auto from = LabelsOf(node->inputs[0], steps + 1);
      if (!from) return std::nullopt;
      auto values = Encoded(*node, *from);
      if (!values) return std::nullopt;
      return Unique({.values = *std::move(values), .node = std::string(node->op_type)});
    }
    return std::nullopt;
  }

  // TopK of one column is an ArgMax.
  bool PicksOne(const GraphNode& node) const {
    if (node.inputs.size() < 2) return false;
    const auto count = graph_.ConstantOf(node.inputs[1]);
    const auto* integers = count ? std::get_if<std::vector<std::int64_t>>(&*count) : nullptr;
    return integers != nullptr && integers->size() == 1 && integers->front() == 1;
  }

  // A list in which a value comes twice is no list of classes, such as the targets of all
  // neighbours.
  static std::optional<LabelTrace> Unique(LabelTrace trace) {
    const bool plain = std::visit(
        [](const auto& list) { return !list.empty() && !HasDuplicates(list); }, trace.values);
    if (!plain) return std::nullopt;
    return trace;
  }

  // The classes of the columns of a tensor of scores.
  std::optional<LabelTrace> ColumnsOf(std::string_view tensor, int steps) {
    const auto node = Visit(tensor, steps);
    if (!node) return std::nullopt;
    if (node->op_type == "ZipMap") {
      auto values = ClassLabelsOf(*node);
      if (!values) return std::nullopt;
      // A map is ordered by its keys, whatever the order of the attribute.
      std::visit([](auto& list) { std::sort(list.begin(), list.end()); }, *values);
      return Unique({.values = *std::move(values), .node = "ZipMap"});
    }
    if (IsIn(kClassifiers, node->op_type) && IsOutput(*node, 1, tensor)) {
      return Unique({.values = ClassLabelsOf(*node).value_or(ConstantValues{}),
                     .node = std::string(node->op_type)});
    }
    if (IsIn(kCopies, node->op_type) || node->op_type == "Cast" || node->op_type == "Normalizer") {
      return ColumnsOf(node->inputs[0], steps + 1);
    }
    return std::nullopt;
  }

  model::ScoreKind KindOf(std::string_view tensor, int steps) {
    using model::ScoreKind;
    const auto node = Visit(tensor, steps);
    if (!node) return ScoreKind::kUnknown;
    const std::string_view op = node->op_type;
    if (op == "Softmax" || op == "Sigmoid") return ScoreKind::kProbabilities;
    if (IsIn(kClassifiers, op)) {
      return IsOutput(*node, 1, tensor) ? KindOfClassifier(*node) : ScoreKind::kUnknown;
    }
    if (IsIn(kCopies, op) || IsIn(kPicks, op) || op == "Cast" || op == "ZipMap" || op == "Neg") {
      return KindOf(node->inputs[0], steps + 1);
    }
    if (IsIn(kLinear, op)) {
      return IsPreparedInput(node->inputs[0], steps + 1) ? ScoreKind::kDecision
                                                         : ScoreKind::kUnknown;
    }
    // A number that is added to a score, or scales it, leaves it a score.
    if (op == "Concat" || (IsIn(kArithmetic, op) && HasConstant(*node))) {
      for (const std::string_view input : node->inputs) {
        if (graph_.IsConstant(input)) continue;
        if (KindOf(input, steps + 1) != ScoreKind::kDecision) return ScoreKind::kUnknown;
      }
      return ScoreKind::kDecision;
    }
    return ScoreKind::kUnknown;
  }

  static model::ScoreKind KindOfClassifier(const GraphNode& node) {
    const std::string_view transform = AttributeTextOf(node, "post_transform");
    if (!transform.empty() && transform != "NONE") return model::ScoreKind::kProbabilities;
    // The leaves of a forest may hold probabilities.
    if (node.op_type == "TreeEnsembleClassifier") return model::ScoreKind::kUnknown;
    return AttributeOf(node, "prob_a") ? model::ScoreKind::kProbabilities
                                       : model::ScoreKind::kDecision;
  }

  bool HasConstant(const GraphNode& node) const {
    return std::ranges::any_of(node.inputs,
                               [&](std::string_view input) { return graph_.IsConstant(input); });
  }

  // The features themselves, scaled at most. A linear function of them has no bounds, which one of
  // probabilities has.
  bool IsPreparedInput(std::string_view tensor, int steps) {
    if (graph_.IsInput(tensor)) return true;
    const auto node = Visit(tensor, steps);
    if (!node) return false;
    if (IsIn(kCopies, node->op_type) || IsIn(kPrepares, node->op_type)) {
      return IsPreparedInput(node->inputs[0], steps + 1);
    }
    if (!IsIn(kArithmetic, node->op_type) || !HasConstant(*node)) return false;
    return std::ranges::all_of(node->inputs, [&](std::string_view input) {
      return graph_.IsConstant(input) || IsPreparedInput(input, steps + 1);
    });
  }

  const GraphIndex& graph_;
  int visits_ = 0;        // of the output at hand
  std::size_t work_ = 0;  // of all outputs
};

}  // namespace

std::map<std::string, model::OutputOrigin> TraceOutputs(std::string_view model) {
  const GraphIndex graph(model);
  Tracer tracer(graph);
  std::map<std::string, model::OutputOrigin> origins;
  for (std::size_t i = 0; i < std::min(graph.outputs().size(), kMaxOutputs); ++i) {
    model::OutputOrigin origin = tracer.Trace(graph.outputs()[i]);
    if (origin == model::OutputOrigin{}) continue;
    origins.emplace(graph.outputs()[i], std::move(origin));
  }
  return origins;
}

}  // namespace moorage::runtime
