#include "platform/runtime/onnx/onnx_session.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include "foundation/base/units.h"
#include "platform/runtime/onnx/charged_run.h"
#include "platform/runtime/onnx/ort_error.h"
#include "platform/runtime/onnx/ort_values.h"
#include "platform/runtime/run_guard.h"

namespace moorage::runtime {

// One output's memory beyond what the library holds.
struct OutputMemory {
  std::array<std::int64_t, 8> short_shape{};
  model::Shape long_shape;
  std::vector<std::string> strings;
  std::vector<float> numbers;
  base::MemoryCharge charge;  // of the strings
};

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::DataType;
using model::TensorSpec;
using model::TensorView;

// A sequence of known size that lives inside the object while it is short.
// Places cost time for each run, so there are as many as most graphs need.
template <typename T, std::size_t kInline = 4>
class ShortArray {
 public:
  explicit ShortArray(std::size_t size) : size_(size) {
    if (size > kInline) heap_ = std::make_unique<T[]>(size);
  }
  T* data() { return heap_ ? heap_.get() : inline_.data(); }
  T& operator[](std::size_t i) { return data()[i]; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::array<T, kInline> inline_{};
  std::unique_ptr<T[]> heap_;
};

struct ReleaseOrtValue {
  void operator()(OrtValue* value) const { Ort::GetApi().ReleaseValue(value); }
};
using OwnedOrtValue = std::unique_ptr<OrtValue, ReleaseOrtValue>;

class OnnxOutputs : public Outputs::Storage {
 public:
  explicit OnnxOutputs(std::size_t count) : values(count), memory(count) {}

  // Most graphs have one or two outputs.
  ShortArray<OwnedOrtValue, 2> values;
  ShortArray<OutputMemory, 2> memory;
};

class OnnxRunControl : public RunControl {
 public:
  void Terminate() override {
    // Before the library's own mark, so that a run which it ends is known to be terminated.
    terminated_.store(true, std::memory_order_relaxed);
    options_.SetTerminate();
  }
  bool terminated() const { return terminated_.load(std::memory_order_relaxed); }
  const OrtRunOptions* options() const { return options_; }

 private:
  Ort::RunOptions options_;
  std::atomic<bool> terminated_{false};
};

Error Terminated() { return Error{Code::kDeadline, "the model was stopped: its time is over"}; }

bool IsOmitted(const TensorSpec& spec, const TensorView& view) {
  return spec.optional && view.shape.empty() && view.bytes.empty() && view.strings.empty();
}

bool Fits(const TensorSpec& spec, std::span<const std::int64_t> shape) {
  if (!spec.has_shape) return true;
  if (shape.size() != spec.shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (spec.shape[i] >= 0 && spec.shape[i] != shape[i]) return false;
  }
  return true;
}

// False for a negative size and where the elements of that shape are not those that the view has.
bool HoldsItsShape(const TensorView& view) {
  std::uint64_t elements = 1;
  for (const std::int64_t size : view.shape) {
    if (size < 0 || __builtin_mul_overflow(elements, static_cast<std::uint64_t>(size), &elements)) {
      return false;
    }
  }
  if (view.type == DataType::kBytes) return elements == view.strings.size();
  std::uint64_t bytes = 0;
  return !__builtin_mul_overflow(elements, model::ElementSize(view.type), &bytes) &&
         bytes == view.bytes.size();
}

Error Misfit(const TensorSpec& spec, const TensorView& view) {
  const std::string input = "input '" + spec.name + "': ";
  if (view.type != spec.type) {
    return Error{Code::kInvalid, input + "expected " + std::string(Name(spec.type)) + ", got " +
                                     std::string(Name(view.type))};
  }
  if (!Fits(spec, view.shape)) {
    return Error{Code::kInvalid, input + "expected shape " + model::FormatShape(spec.shape) +
                                     ", got " + model::FormatShape(view.shape)};
  }
  return Error{Code::kInvalid, input + "its " + std::to_string(view.elements()) +
                                   " elements do not make the shape " +
                                   model::FormatShape(view.shape)};
}

Result<std::monostate> CheckStatus(OrtStatus* status, const OnnxRunControl* control) {
  if (status == nullptr) return std::monostate{};
  const Ort::Status owned(status);
  // A run that was terminated fails as one of a faulty model does, so the mark decides.
  if (control != nullptr && control->terminated()) return Terminated();
  const bool argument = owned.GetErrorCode() == ORT_INVALID_ARGUMENT;
  return TranslateRunError(argument ? OrtFault::kInvalidArgument : OrtFault::kOther,
                           owned.GetErrorMessage());
}

// A kernel that takes no empty tensor fails with words about its own arguments. The caller knows
// only what it sent.
Error FailedRun(Error error, const model::Signature& signature,
                std::span<const TensorView> inputs) {
  if (error.code != Code::kInvalid && error.code != Code::kInternal) return error;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (IsOmitted(signature.inputs[i], inputs[i]) || inputs[i].elements() > 0) continue;
    return {Code::kInvalid, "the model takes no empty tensor, and input '" +
                                signature.inputs[i].name + "' has the shape " +
                                model::FormatShape(inputs[i].shape)};
  }
  return error;
}

void ReadShape(const Ort::ConstValue& value, OutputMemory& memory, TensorView& view) {
  const auto info = value.GetTensorTypeAndShapeInfo();
  // Eight dimensions need no memory of the heap.
  const std::size_t rank = info.GetDimensionsCount();
  std::int64_t* shape = memory.short_shape.data();
  if (rank > memory.short_shape.size()) {
    memory.long_shape.resize(rank);
    shape = memory.long_shape.data();
  }
  Ort::ThrowOnError(Ort::GetApi().GetDimensions(info, shape, rank));
  view.shape = {shape, rank};
}

// ZipMap reads a vector as one row, and wants a column for each label.
Status ShapeAsRows(const TensorSpec& spec, OutputMemory& memory, TensorView& view) {
  if (view.shape.size() == 1) {
    memory.short_shape = {1, view.shape[0]};
    view.shape = {memory.short_shape.data(), 2};
  }
  if (view.shape.size() == 2 && view.shape[1] == spec.shape[1]) return {};
  return Error{Code::kInternal, "the model answered " + model::FormatShape(view.shape) + " as '" +
                                    spec.name + "', which has " + std::to_string(spec.shape[1]) +
                                    " labels"};
}

std::vector<const char*> NamesOf(const std::vector<TensorSpec>& specs) {
  std::vector<const char*> names;
  names.reserve(specs.size());
  for (const TensorSpec& spec : specs) names.push_back(spec.name.c_str());
  return names;
}

}  // namespace

OnnxSession::OnnxSession(Ort::Session session, OrtSignature signature, GraphInfo graph,
                         model::Digest digest, base::MemoryBudget* budget)
    : session_(std::move(session)),
      signature_(std::move(signature.signature)),
      equal_(std::move(signature.equal)),
      lowered_(std::move(signature.lowered)),
      graph_(std::move(graph)),
      digest_(std::move(digest)),
      budget_(budget),
      memory_(Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault)),
      input_names_(NamesOf(signature_.inputs)),
      output_names_(NamesOf(signature_.outputs)) {}

// Reads shape and memory of one output into a view. `memory` holds what the view needs beside the
// library's own.
Result<TensorView> OnnxSession::View(std::size_t output, const OrtValue* raw,
                                     OutputMemory& memory) const {
  const TensorSpec& spec = signature_.outputs[output];
  const Ort::ConstValue value(raw);
  TensorView view;
  view.type = spec.type;
  if (spec.kind == model::ValueKind::kMapSequence && !lowered_[output]) {
    ASSIGN_OR_RETURN(DenseMaps maps, ReadMaps(value, spec.key_type));
    memory.long_shape = std::move(maps.shape);
    memory.numbers = std::move(maps.values);
    view.shape = memory.long_shape;
    view.bytes = std::as_bytes(std::span<const float>(memory.numbers));
    return view;
  }
  ReadShape(value, memory, view);
  if (lowered_[output]) RETURN_IF_ERROR(ShapeAsRows(spec, memory, view));
  if (spec.type == DataType::kBytes) {
    // The library keeps its own, and the copy is as large.
    const std::size_t bytes = BytesOfStrings(value);
    if (budget_ != nullptr && bytes >= kLeastChargedTensor) {
      memory.charge = base::MemoryCharge(*budget_, base::MemoryPurpose::kModels);
      if (!memory.charge.Resize(bytes).ok()) return NoRoomFor(bytes);
    }
    memory.strings = ReadStrings(value);
    view.strings = memory.strings;
    return view;
  }
  // The library has allocated this tensor, so its sizes are not negative and the product fits.
  std::size_t elements = 1;
  for (const std::int64_t size : view.shape) elements *= static_cast<std::size_t>(size);
  const auto* data = static_cast<const std::byte*>(value.GetTensorRawData());
  view.bytes = {data, elements * model::ElementSize(spec.type)};
  return view;
}

// What no free memory could hold need not be asked for again.
Error OnnxSession::NoRoomFor(std::size_t bytes) const {
  const std::string text = "the model needs " + base::FormatBytes(bytes) + " for one tensor, ";
  if (bytes <= budget_->most()) return {Code::kUnavailable, text + "more memory than is left"};
  return {Code::kInvalid, text + "more than server.memory (" + base::FormatBytes(budget_->limit()) +
                              ") leaves for it"};
}

Status OnnxSession::CheckInputs(std::span<const TensorView> inputs) const {
  if (inputs.size() != signature_.inputs.size()) {
    return Error{Code::kInvalid, "expected " + std::to_string(signature_.inputs.size()) +
                                     " inputs, got " + std::to_string(inputs.size())};
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TensorSpec& spec = signature_.inputs[i];
    if (IsOmitted(spec, inputs[i])) continue;
    if (inputs[i].type != spec.type || !Fits(spec, inputs[i].shape) || !HoldsItsShape(inputs[i])) {
      return Misfit(spec, inputs[i]);
    }
  }
  // Dimensions that the graph gives one symbol, such as the batch of several inputs.
  for (const EqualDimensions& pair : equal_) {
    const TensorView& one = inputs[pair.input];
    const TensorView& other = inputs[pair.other_input];
    if (IsOmitted(signature_.inputs[pair.input], one) ||
        IsOmitted(signature_.inputs[pair.other_input], other)) {
      continue;
    }
    if (one.shape[pair.dimension] != other.shape[pair.other_dimension]) {
      return Error{Code::kInvalid, "input '" + signature_.inputs[pair.input].name + "' has shape " +
                                       model::FormatShape(one.shape) + ", which does not fit '" +
                                       signature_.inputs[pair.other_input].name + "' of shape " +
                                       model::FormatShape(other.shape)};
    }
  }
  return {};
}

Status OnnxSession::CheckWanted(std::span<const std::size_t> wanted) const {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] >= signature_.outputs.size() || (i > 0 && wanted[i] <= wanted[i - 1])) {
      return Error{Code::kInvalid, "the outputs asked for are not ascending numbers of outputs"};
    }
  }
  return {};
}

Result<Outputs> OnnxSession::Run(std::span<const TensorView> inputs,
                                 std::span<const std::size_t> wanted, RunControl* control) const {
  RETURN_IF_ERROR(CheckInputs(inputs));
  RETURN_IF_ERROR(CheckWanted(wanted));
  // Only MakeControl() of this class makes controls, so the cast is safe.
  const auto* stop = static_cast<const OnnxRunControl*>(control);
  // A run that was terminated while it waited does not begin.
  if (stop != nullptr && stop->terminated()) return Terminated();
  try {
    ShortArray<OwnedOrtValue> owned(inputs.size());
    ShortArray<const OrtValue*> values(inputs.size());
    ShortArray<const char*> names(inputs.size());
    std::size_t used = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (IsOmitted(signature_.inputs[i], inputs[i])) continue;
      owned[used].reset(MakeOrtValue(inputs[i], memory_).release());
      values[used] = owned[used].get();
      names[used++] = input_names_[i];
    }
    const std::size_t count = wanted.empty() ? output_names_.size() : wanted.size();
    ShortArray<const char*> output_names(count);
    for (std::size_t i = 0; i < count; ++i) {
      output_names[i] = output_names_[wanted.empty() ? i : wanted[i]];
    }
    ShortArray<OrtValue*> answers(count);
    const ChargedRun charged(budget_);
    const GuardedRun guard(digest_.value());
    OrtStatus* const status =
        Ort::GetApi().Run(session_, stop == nullptr ? nullptr : stop->options(), names.data(),
                          values.data(), used, output_names.data(), count, answers.data());
    // From here on the storage owns the answers, also where a later step fails.
    auto storage = std::make_unique<OnnxOutputs>(count);
    for (std::size_t i = 0; i < count; ++i) storage->values[i].reset(answers[i]);
    const Result<std::monostate> done = CheckStatus(status, stop);
    if (!done.ok() && charged.refused() > 0) return NoRoomFor(charged.refused());
    // Comes before an error of the run, which a wrong quotient may have caused.
    if (guard.divided_by_zero()) return DividedByZero();
    if (!done.ok()) return FailedRun(done.error(), signature_, inputs);
    std::vector<TensorView> views;
    views.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const TensorView view, View(wanted.empty() ? i : wanted[i],
                                                   storage->values[i].get(), storage->memory[i]));
      views.push_back(view);
    }
    return Outputs(std::move(views), std::move(storage));
  } catch (const Ort::Exception& e) {
    return TranslateRunError(OrtFault::kOther, e.what());
  } catch (const std::bad_alloc&) {
    return TranslateRunError(OrtFault::kOther, "std::bad_alloc");
  }
}

std::unique_ptr<RunControl> OnnxSession::MakeControl() const {
  return std::make_unique<OnnxRunControl>();
}

}  // namespace moorage::runtime
