#include "edge/inference/oip/oip_request.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "edge/inference/oip/element_writer.h"
#include "edge/inference/oip/oip_problem.h"
#include "foundation/base/ascii.h"
#include "foundation/json/json_cursor.h"

namespace moorage::inference {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::TensorSpec;

// Bounds what a client may make of a shape before it is compared with the model's.
constexpr std::size_t kMaxRank = 16;

std::string At(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

std::string Names(const std::vector<TensorSpec>& specs) {
  std::string names;
  for (const TensorSpec& spec : specs) names += (names.empty() ? "" : ", ") + spec.name;
  return names;
}

// One entry of "inputs" as it was written. Its data is read once type and shape are known.
struct InputEntry {
  std::optional<std::string> name;
  std::optional<std::string> datatype;
  std::optional<model::Shape> shape;
  std::optional<json::JsonCursor> data;
};

class Decoder {
 public:
  Decoder(std::string_view body, const servable::Servable& servable, base::MemoryCharge charge)
      : body_(body),
        json_(body, json::NonFiniteWords::kAccept),
        signature_(servable.session->signature()),
        given_(signature_.inputs.size()) {
    request_.charge = std::move(charge);
    request_.inputs.resize(signature_.inputs.size());
    for (std::size_t i = 0; i < signature_.inputs.size(); ++i) {
      request_.inputs[i].type = signature_.inputs[i].type;
    }
  }

  Result<OipRequest> Run() {
    if (body_.empty()) return InvalidAt("body", "is empty: expected {\"inputs\": [...]}");
    const Status read = ReadBody();
    // A mistake in the text comes first, because the problems behind it may only follow from it.
    if (json_.failed()) return Syntax(json_);
    RETURN_IF_ERROR(read);
    if (!json_.AtEnd()) return Syntax(json_);
    if (!has_inputs_) return InvalidAt("inputs", "missing");
    RETURN_IF_ERROR(CheckComplete());
    if (request_.outputs.empty()) {
      for (std::size_t i = 0; i < signature_.outputs.size(); ++i) request_.outputs.push_back(i);
    }
    return std::move(request_);
  }

 private:
  static Error Syntax(const json::JsonCursor& json) {
    const std::string place = "byte " + std::to_string(json.position());
    return Error{Code::kInvalid,
                 std::string("the body is not valid JSON: ") + json.problem() + " at " + place,
                 {{place, json.problem()}}};
  }

  Status ReadBody() {
    enum Member : unsigned { kId, kParameters, kInputs, kOutputs };
    OnceEach seen;
    std::string_view name;
    if (!json_.BeginObject()) return {};
    while (json_.NextMember(name)) {
      if (name == "id") {
        RETURN_IF_ERROR(seen.Take(kId, "id"));
        ASSIGN_OR_RETURN(auto id, ReadOptionalText("id"));
        request_.id = std::move(id).value_or("");
      } else if (name == "parameters") {
        RETURN_IF_ERROR(seen.Take(kParameters, "parameters"));
        ASSIGN_OR_RETURN(request_.parameters,
                         ReadOipParameters(json_, "parameters", ParametersOf::kRequest));
      } else if (name == "inputs") {
        RETURN_IF_ERROR(seen.Take(kInputs, "inputs"));
        has_inputs_ = true;
        RETURN_IF_ERROR(ReadInputs());
      } else if (name == "outputs") {
        RETURN_IF_ERROR(seen.Take(kOutputs, "outputs"));
        RETURN_IF_ERROR(ReadOutputs());
      } else {
        json_.Skip();
      }
    }
    return {};
  }

  Status ReadInputs() {
    if (json_.Peek() != json::JsonCursor::Type::kArray)
      return InvalidAt("inputs", "must be an array");
    json_.BeginArray();
    for (std::size_t i = 0; json_.NextElement(); ++i) {
      const std::string path = At("inputs", i);
      InputEntry entry;
      RETURN_IF_ERROR(ReadInput(path, entry));
      if (json_.failed()) return {};
      RETURN_IF_ERROR(TakeInput(path, entry));
    }
    return {};
  }

  Result<std::string> ReadText(const std::string& path) {
    if (json_.Peek() != json::JsonCursor::Type::kString) return InvalidAt(path, "must be a string");
    std::string_view text;
    json_.ReadString(text);
    return std::string(text);
  }

  // Null is the same as an absent member, because many clients write their optional members so.
  Result<std::optional<std::string>> ReadOptionalText(const std::string& path) {
    if (json_.Peek() == json::JsonCursor::Type::kNull) {
      json_.ReadNull();
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(std::string text, ReadText(path));
    return text;
  }

  Status ReadTensorParameters(const std::string& path) {
    const auto read = ReadOipParameters(json_, path, ParametersOf::kTensor);
    return read.ok() ? Status() : read.error();
  }

  Status ReadInput(const std::string& path, InputEntry& entry) {
    enum Member : unsigned { kName, kDatatype, kShape, kParameters, kData };
    if (json_.Peek() != json::JsonCursor::Type::kObject)
      return InvalidAt(path, "must be an object");
    OnceEach seen;
    std::string_view name;
    json_.BeginObject();
    while (json_.NextMember(name)) {
      if (name == "name") {
        RETURN_IF_ERROR(seen.Take(kName, path + ".name"));
        ASSIGN_OR_RETURN(entry.name, ReadText(path + ".name"));
      } else if (name == "datatype") {
        RETURN_IF_ERROR(seen.Take(kDatatype, path + ".datatype"));
        ASSIGN_OR_RETURN(entry.datatype, ReadText(path + ".datatype"));
      } else if (name == "shape") {
        RETURN_IF_ERROR(seen.Take(kShape, path + ".shape"));
        RETURN_IF_ERROR(ReadShape(path + ".shape", entry));
      } else if (name == "parameters") {
        RETURN_IF_ERROR(seen.Take(kParameters, path + ".parameters"));
        RETURN_IF_ERROR(ReadTensorParameters(path + ".parameters"));
      } else if (name == "data") {
        RETURN_IF_ERROR(seen.Take(kData, path + ".data"));
        json_.Peek();  // over the white space before it
        // Members may come in any order, and data cannot be read before type and shape are known. A
        // copy of the cursor marks the place.
        entry.data = json_;
        json_.Skip();
        if (!json_.failed()) entry.data->EndAt(json_.position());
      } else {
        json_.Skip();
      }
    }
    return {};
  }

  Status ReadShape(const std::string& path, InputEntry& entry) {
    if (json_.Peek() != json::JsonCursor::Type::kArray) return InvalidAt(path, "must be an array");
    entry.shape.emplace();
    json_.BeginArray();
    while (json_.NextElement()) {
      const std::string where = At(path, entry.shape->size());
      if (json_.Peek() != json::JsonCursor::Type::kNumber)
        return InvalidAt(where, "must be an integer");
      const json::JsonNumber size = json_.ReadNumber();
      if (size.kind != json::JsonNumber::Kind::kInteger || size.integer < 0) {
        return InvalidAt(where, "must be an integer of at least 0");
      }
      if (entry.shape->size() == kMaxRank) return InvalidAt(path, "has too many dimensions");
      entry.shape->push_back(size.integer);
    }
    return {};
  }

  // Checks an entry against the signature and reads its data.
  Status TakeInput(const std::string& path, InputEntry& entry) {
    if (!entry.name) return InvalidAt(path + ".name", "missing");
    const std::string& name = *entry.name;
    const auto index = signature_.FindInput(name);
    if (!index) {
      return InvalidAt(path + ".name", base::QuotedExcerpt(name) +
                                           " is not an input of this model; its inputs: " +
                                           Names(signature_.inputs));
    }
    if (given_[*index]) return InvalidAt(path + ".name", "'" + name + "' given twice");
    given_[*index] = true;
    const TensorSpec& spec = signature_.inputs[*index];
    if (!entry.datatype) return InvalidAt(path + ".datatype", "missing");
    if (*entry.datatype != model::Name(spec.type)) {
      return InvalidAt(path + ".datatype", "'" + name + "' is " +
                                               std::string(model::Name(spec.type)) + ", got " +
                                               base::QuotedExcerpt(*entry.datatype));
    }
    if (!entry.shape) return InvalidAt(path + ".shape", "missing");
    RETURN_IF_ERROR(CheckShape(path + ".shape", spec, *entry.shape));
    if (!entry.data) return InvalidAt(path + ".data", "missing");
    model::Tensor& tensor = request_.inputs[*index];
    tensor.shape = *std::move(entry.shape);
    return ReadTensorData(*entry.data, path + ".data", tensor, request_.charge);
  }

  static Status CheckShape(const std::string& path, const TensorSpec& spec,
                           const model::Shape& shape) {
    if (!spec.has_shape) return {};
    bool fits = shape.size() == spec.shape.size();
    for (std::size_t i = 0; fits && i < shape.size(); ++i) {
      fits = spec.shape[i] < 0 || spec.shape[i] == shape[i];
    }
    if (fits) return {};
    return InvalidAt(path, "'" + spec.name + "' is " + model::FormatShape(spec.shape) + ", got " +
                               model::FormatShape(shape));
  }

  Status ReadOutputs() {
    if (json_.Peek() == json::JsonCursor::Type::kNull) {
      json_.ReadNull();
      return {};
    }
    if (json_.Peek() != json::JsonCursor::Type::kArray)
      return InvalidAt("outputs", "must be an array");
    json_.BeginArray();
    for (std::size_t i = 0; json_.NextElement(); ++i) {
      const std::string path = At("outputs", i);
      ASSIGN_OR_RETURN(const auto output, ReadOutput(path));
      if (json_.failed()) return {};
      if (!output) return InvalidAt(path + ".name", "missing");
      const auto index = signature_.FindOutput(*output);
      if (!index) {
        return InvalidAt(path + ".name", base::QuotedExcerpt(*output) +
                                             " is not an output of this model; its outputs: " +
                                             Names(signature_.outputs));
      }
      auto& wanted = request_.outputs;
      if (std::find(wanted.begin(), wanted.end(), *index) != wanted.end()) {
        return InvalidAt(path + ".name", "'" + *output + "' given twice");
      }
      wanted.push_back(*index);
    }
    return {};
  }

  // One entry of "outputs". Returns its name, or nothing where it has none.
  Result<std::optional<std::string>> ReadOutput(const std::string& path) {
    enum Member : unsigned { kName, kParameters };
    if (json_.Peek() != json::JsonCursor::Type::kObject)
      return InvalidAt(path, "must be an object");
    OnceEach seen;
    std::optional<std::string> output;
    std::string_view name;
    json_.BeginObject();
    while (json_.NextMember(name)) {
      if (name == "name") {
        RETURN_IF_ERROR(seen.Take(kName, path + ".name"));
        ASSIGN_OR_RETURN(output, ReadText(path + ".name"));
      } else if (name == "parameters") {
        RETURN_IF_ERROR(seen.Take(kParameters, path + ".parameters"));
        RETURN_IF_ERROR(ReadTensorParameters(path + ".parameters"));
      } else {
        json_.Skip();
      }
    }
    return output;
  }

  // Every required input is there, and those with a variable first dimension agree on it.
  Status CheckComplete() const {
    std::optional<std::int64_t> rows;
    for (std::size_t i = 0; i < signature_.inputs.size(); ++i) {
      const TensorSpec& spec = signature_.inputs[i];
      if (!given_[i]) {
        if (spec.optional) continue;
        return InvalidAt("inputs", "'" + spec.name + "' is missing");
      }
      if (!spec.has_shape || spec.shape.empty() || spec.shape.front() >= 0) continue;
      // The dimensions of other models need not be rows, so they need not agree.
      if (!signature_.batchable()) continue;
      const std::int64_t own = request_.inputs[i].shape.front();
      if (rows && *rows != own) {
        return InvalidAt("inputs", "'" + spec.name + "' has " + std::to_string(own) +
                                       " rows, another input has " + std::to_string(*rows));
      }
      rows = own;
    }
    return {};
  }

  const std::string_view body_;
  json::JsonCursor json_;
  const model::Signature& signature_;
  std::vector<bool> given_;
  bool has_inputs_ = false;
  OipRequest request_;
};

}  // namespace

Result<OipRequest> DecodeOipRequest(std::string_view body, const servable::Servable& servable,
                                    base::MemoryCharge charge) {
  return Decoder(body, servable, std::move(charge)).Run();
}

}  // namespace moorage::inference
