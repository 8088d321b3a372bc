#include "edge/inference/oip/element_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace moorage::inference {

namespace {

using base::Code;
using base::Detail;
using base::Error;
using base::Status;
using model::DataType;
using rows::Problem;

base::Result<rows::RowLayout> OneFeature(DataType type) {
  // A tensor's element is stored as a feature of a row, so that both protocols convert and refuse
  // alike.
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "element", .type = type, .shape = {-1, 1}}};
  return rows::RowLayout::Make(manifest);
}

// A number that is not finite, which only FP16, BF16, FP32 and FP64 can hold.
Problem StoreNonFinite(DataType type, double value, std::byte* element) {
  const auto narrow = static_cast<float>(value);
  const std::uint16_t half =
      type == DataType::kFp16 ? model::FloatToHalf(narrow) : model::FloatToBfloat(narrow);
  switch (type) {
    case DataType::kFp64:
      std::memcpy(element, &value, sizeof(value));
      return nullptr;
    case DataType::kFp32:
      std::memcpy(element, &narrow, sizeof(narrow));
      return nullptr;
    case DataType::kFp16:
    case DataType::kBf16:
      std::memcpy(element, &half, sizeof(half));
      return nullptr;
    default:
      return "not a finite number";
  }
}

// The memory of a tensor that grows with its elements.
class TensorRoom {
 public:
  TensorRoom(model::Tensor& tensor, std::size_t elements, base::MemoryCharge& charge)
      : tensor_(tensor), elements_(elements), charge_(charge), others_(charge.bytes()) {}

  // Charges what the strings may hold beside their own size, for a text of so many bytes.
  Status ChargeText(std::size_t bytes) {
    if (bytes <= kUncharged) return {};
    others_ += bytes;
    return charge_.Resize(others_);
  }

  std::size_t elements() const { return elements_; }
  // The elements that there is room for.
  std::size_t capacity() const {
    return is_text() ? tensor_.strings.size() : tensor_.bytes.size() / element_size();
  }
  // Makes room for element `index`, which is below elements().
  Status Grow(std::size_t index) {
    if (index < capacity()) return {};
    const std::size_t held = capacity();
    const std::size_t wanted = std::min(elements_, std::max({kFirst, 2 * held, index + 1}));
    // Both are there while elements move from the old memory to the new one.
    if (wanted * element_size() > kUncharged) {
      RETURN_IF_ERROR(charge_.Resize(others_ + (held + wanted) * element_size()));
    }
    if (is_text()) {
      tensor_.strings.reserve(wanted);
      tensor_.strings.resize(wanted);
    } else {
      tensor_.bytes.reserve(wanted * element_size());
      tensor_.bytes.resize(wanted * element_size());
    }
    if (wanted * element_size() > kUncharged) {
      return charge_.Resize(others_ + wanted * element_size());
    }
    return {};
  }

 private:
  // Elements of a first step, so that a small tensor takes its memory at once.
  static constexpr std::size_t kFirst = 4096;
  // Tensors up to this size are bounded by the number of requests in flight. Charging each would
  // cost every small request a shared cache line.
  static constexpr std::size_t kUncharged = std::size_t{64} << 10U;

  bool is_text() const { return tensor_.type == DataType::kBytes; }
  std::size_t element_size() const {
    return is_text() ? sizeof(std::string) : model::ElementSize(tensor_.type);
  }

  model::Tensor& tensor_;
  const std::size_t elements_;
  base::MemoryCharge& charge_;
  std::size_t others_;  // charged for the tensors before this one, and for text
};

// Reads one tensor's data. It keeps its place and the problems that it found.
class DataReader {
 public:
  DataReader(json::JsonCursor& json, std::string_view path, model::Tensor& tensor, TensorRoom room)
      : json_(json), path_(path), tensor_(tensor), room_(room), writer_(tensor.type) {}

  Status Read() {
    if (json_.Peek() != json::JsonCursor::Type::kArray) {
      json_.Skip();
      Report("must be an array");
    } else {
      ReadLevel();
      if (GoesOn() && flat_ && next_ != room_.elements()) {
        Report("shape " + model::FormatShape(tensor_.shape) + " holds " +
               std::to_string(room_.elements()) + " elements, got " + std::to_string(next_));
      }
    }
    if (json_.failed()) return {};  // a mistake in the text is the caller's
    RETURN_IF_ERROR(exhausted_);
    if (problems_.empty()) return {};
    std::string message = problems_.front().path + ": " + problems_.front().problem;
    return Error{Code::kInvalid, std::move(message), std::move(problems_)};
  }

 private:
  // False after a mistake in the text, without memory, and once there are as many problems as an
  // error holds.
  bool GoesOn() const {
    return !json_.failed() && exhausted_.ok() && problems_.size() < base::kMaxDetails;
  }

  void Report(std::string problem) {
    if (problems_.size() >= base::kMaxDetails) return;
    std::string path(path_);
    for (const std::size_t index : indices_) path += "[" + std::to_string(index) + "]";
    problems_.push_back({std::move(path), std::move(problem)});
  }

  // The fast path for the most common datatype. It stops at the first value that it does not read.
  // Returns how many it has read.
  std::size_t ReadFloats() {
    std::size_t count = 0;
    while (next_ < room_.elements()) {
      exhausted_ = room_.Grow(next_);
      if (!exhausted_.ok()) break;
      auto* const floats = static_cast<float*>(static_cast<void*>(tensor_.bytes.data()));
      const std::size_t room = room_.capacity() - next_;
      const std::size_t read = json_.ReadShortFloats(floats + next_, room);
      count += read;
      next_ += read;
      if (read < room) break;
    }
    return count;
  }

  // An array at the depth of indices_. Its first element decides whether the data is flat.
  void ReadLevel() {
    const std::size_t depth = indices_.size();
    const bool innermost = depth + 1 >= tensor_.shape.size();
    std::size_t count = 0;
    json_.BeginArray();
    if (tensor_.type == DataType::kFp32 && (innermost || depth == 0)) {
      count = ReadFloats();
      if (count > 0 && !innermost) flat_ = true;
    }
    while (GoesOn() && json_.NextElement()) {
      const bool nested = json_.Peek() == json::JsonCursor::Type::kArray;
      indices_.push_back(count++);
      // The protocol permits nested arrays and one flat array of all elements in row-major order.
      if (!nested && !innermost && depth == 0 && count == 1) flat_ = true;
      if (nested && !innermost && !flat_) {
        ReadLevel();
      } else if (nested || (!innermost && !flat_)) {
        json_.Skip();
        Report(nested ? "nested more deeply than the shape" : "must be an array");
      } else {
        ReadElement();
      }
      indices_.pop_back();
    }
    if (!GoesOn()) return;
    if (flat_ || depth >= tensor_.shape.size()) {
      if (tensor_.shape.empty()) flat_ = true;
      return;
    }
    if (static_cast<std::int64_t>(count) != tensor_.shape[depth]) {
      if (depth == 0 && (innermost || count == 0)) {
        flat_ = true;  // the count of a flat array is judged as a whole
      } else {
        Report("expected " + std::to_string(tensor_.shape[depth]) + " elements, got " +
               std::to_string(count));
      }
    }
  }

  void ReadElement() {
    if (next_ >= room_.capacity() && next_ < room_.elements()) exhausted_ = room_.Grow(next_);
    if (!exhausted_.ok()) return;
    // Elements beyond the shape are counted for the message and not stored.
    if (next_ >= room_.elements()) {
      json_.Skip();
    } else if (const Problem problem = writer_.Store(json_, tensor_, next_)) {
      Report(problem);
    }
    ++next_;
  }

  json::JsonCursor& json_;
  const std::string_view path_;
  model::Tensor& tensor_;
  TensorRoom room_;
  const ElementWriter writer_;
  std::vector<std::size_t> indices_;
  std::size_t next_ = 0;
  bool flat_ = false;
  Status exhausted_;
  std::vector<Detail> problems_;
};

}  // namespace

ElementWriter::ElementWriter(DataType type) : layout_(OneFeature(type)) {}

Problem ElementWriter::Store(json::JsonCursor& json, model::Tensor& tensor,
                             std::size_t index) const {
  const bool text = tensor.type == DataType::kBytes;
  rows::RowTarget::Input place;
  if (text) {
    place.strings = &tensor.strings[index];
  } else {
    place.bytes = tensor.bytes.data() + index * model::ElementSize(tensor.type);
  }
  const rows::RowTarget row{{&place, 1}};
  switch (json.Peek()) {
    case json::JsonCursor::Type::kNumber: {
      const json::JsonNumber number = json.ReadNumber();
      switch (number.kind) {
        case json::JsonNumber::Kind::kInteger:
          return layout_->StoreInteger(row, 0, number.integer);
        case json::JsonNumber::Kind::kUnsigned:
          return layout_->StoreUnsigned(row, 0, number.unsigned_integer);
        case json::JsonNumber::Kind::kDouble:
          if (!std::isfinite(number.real) && !text) {
            return StoreNonFinite(tensor.type, number.real, place.bytes);
          }
          return layout_->StoreDouble(row, 0, number.real);
        case json::JsonNumber::Kind::kTooLarge:
          return "out of range for a number";
      }
      return nullptr;
    }
    case json::JsonCursor::Type::kString: {
      std::string_view value;
      return json.ReadString(value) ? layout_->StoreString(row, 0, value) : nullptr;
    }
    case json::JsonCursor::Type::kBoolean:
      return layout_->StoreBool(row, 0, json.ReadBoolean());
    case json::JsonCursor::Type::kNull:
      json.ReadNull();
      return layout_->StoreNull(row, 0);
    default:
      json.Skip();
      return "neither a number, a string nor a boolean";
  }
}

Status ReadTensorData(json::JsonCursor& json, std::string_view path, model::Tensor& tensor,
                      base::MemoryCharge& charge) {
  ASSIGN_OR_RETURN(const std::size_t elements, model::ElementCount(tensor.shape));
  TensorRoom room(tensor, elements, charge);
  if (tensor.type == DataType::kBytes) RETURN_IF_ERROR(room.ChargeText(json.remaining()));
  return DataReader(json, path, tensor, room).Read();
}

}  // namespace moorage::inference
