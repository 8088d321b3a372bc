#include "platform/runtime/onnx/onnx_outline.h"

#include <utility>

#include "platform/runtime/onnx/output_origins.h"
#include "platform/runtime/onnx/proto_reader.h"

namespace moorage::runtime {
namespace {

using base::Code;
using base::Error;

// The library's parser refuses deeper messages, too. It also bounds the recursion below.
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxOperators = 1000;

// Field numbers of onnx.proto, by message.
namespace model_proto {
constexpr std::uint32_t kIrVersion = 1, kProducerName = 2, kProducerVersion = 3, kDomain = 4,
                        kModelVersion = 5, kDocString = 6, kGraph = 7, kOpsetImport = 8,
                        kMetadataProps = 14, kFunctions = 25;
}
namespace graph_proto {
constexpr std::uint32_t kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12,
                        kSparseInitializer = 15;
}
namespace node_proto {
constexpr std::uint32_t kOpType = 4, kAttribute = 5;
}
namespace attribute_proto {
constexpr std::uint32_t kTensor = 5, kGraph = 6, kTensors = 10, kGraphs = 11, kSparseTensor = 22,
                        kSparseTensors = 23;
}
namespace tensor_proto {
constexpr std::uint32_t kExternalData = 13;
}
constexpr std::uint32_t kFunctionNode = 7;

std::int64_t Signed(const ProtoField& field) { return static_cast<std::int64_t>(field.scalar); }
std::string Text(const ProtoField& field) { return std::string(field.bytes); }

// In StringStringEntryProto and OperatorSetIdProto field 1 is the key and field 2 the value.
struct Entry {
  std::string key;
  std::string text;
  std::int64_t number = 0;
};

// Collects the outline while it walks down. Each Visit* reads one message. `depth` counts messages.
class OutlineReader {
 public:
  base::Result<OnnxOutline> Read(std::string_view bytes) {
    VisitModel(bytes);
    // The most exact reason first. A cut file is damaged as well.
    if (too_deep_) {
      return Error{Code::kInvalid, "the graph is nested too deeply (more than 100 messages)"};
    }
    if (truncated_) {
      return Error{
          Code::kInvalid,
          "the file is not a complete ONNX model: it was cut off, its last part is missing"};
    }
    if (damaged_) return Error{Code::kInvalid, "the file is not an ONNX model, or it is damaged"};
    if (!has_graph_) return Error{Code::kInvalid, "the file is not an ONNX model: it has no graph"};
    outline_.graph.outputs = TraceOutputs(bytes);
    return std::move(outline_);
  }

 private:
  // Calls `visit` for each field of `message`.
  template <typename Visit>
  void Walk(std::string_view message, Visit visit) {
    ProtoReader reader(message);
    for (ProtoField field; !stop() && reader.Next(field);) visit(field);
    damaged_ = damaged_ || reader.damaged();
    truncated_ = truncated_ || reader.truncated();
  }
  bool stop() const { return damaged_ || too_deep_; }
  bool Enter(int depth) {
    too_deep_ = too_deep_ || depth > kMaxDepth;
    return !too_deep_;
  }

  Entry ReadEntry(std::string_view message) {
    Entry entry;
    Walk(message, [&](const ProtoField& field) {
      if (field.number == 1 && field.is_bytes) entry.key = Text(field);
      if (field.number == 2 && field.is_bytes) entry.text = Text(field);
      if (field.number == 2 && !field.is_bytes) entry.number = Signed(field);
    });
    return entry;
  }

  void VisitModel(std::string_view message) {
    std::string producer_version;
    // The top message has no length of its own, so a file that was cut off ends inside one of its
    // fields.
    Walk(message, [&](const ProtoField& field) {
      if (!field.is_bytes) {
        if (field.number == model_proto::kIrVersion) outline_.ir_version = Signed(field);
        if (field.number == model_proto::kModelVersion) outline_.graph.version = Signed(field);
        return;
      }
      VisitModelPart(field, producer_version);
    });
    if (!producer_version.empty()) outline_.graph.producer += ' ' + producer_version;
  }

  void VisitModelPart(const ProtoField& field, std::string& producer_version) {
    switch (field.number) {
      case model_proto::kProducerName:
        outline_.graph.producer = Text(field);
        break;
      case model_proto::kProducerVersion:
        producer_version = Text(field);
        break;
      case model_proto::kDomain:
        outline_.graph.domain = Text(field);
        break;
      case model_proto::kDocString:
        outline_.graph.description = Text(field);
        break;
      case model_proto::kGraph:
        has_graph_ = true;
        VisitGraph(field.bytes, 2);
        break;
      case model_proto::kOpsetImport: {
        const Entry entry = ReadEntry(field.bytes);
        outline_.graph.opsets[entry.key.empty() ? "ai.onnx" : entry.key] = entry.number;
        break;
      }
      case model_proto::kMetadataProps: {
        Entry entry = ReadEntry(field.bytes);
        outline_.graph.metadata[entry.key] = std::move(entry.text);
        break;
      }
      case model_proto::kFunctions:
        Walk(field.bytes, [&](const ProtoField& part) {
          if (part.number == kFunctionNode && part.is_bytes) VisitNode(part.bytes, 3);
        });
        break;
      default:
        break;
    }
  }

  void VisitGraph(std::string_view message, int depth) {
    if (!Enter(depth)) return;
    Walk(message, [&](const ProtoField& field) {
      if (!field.is_bytes) return;
      if (field.number == graph_proto::kNode) VisitNode(field.bytes, depth + 1);
      if (field.number == graph_proto::kName && depth == 2) outline_.graph.graph_name = Text(field);
      if (field.number == graph_proto::kInitializer) VisitTensor(field.bytes, depth + 1);
      if (field.number == graph_proto::kSparseInitializer)
        VisitSparseTensor(field.bytes, depth + 1);
      if ((field.number == graph_proto::kInput || field.number == graph_proto::kOutput) &&
          depth == 2) {
        VisitValueInfo(field.bytes);
      }
    });
  }

  void VisitNode(std::string_view message, int depth) {
    if (!Enter(depth)) return;
    Walk(message, [&](const ProtoField& field) {
      if (!field.is_bytes) return;
      // A file may name as many operators as it has bytes.
      if (field.number == node_proto::kOpType && outline_.graph.operators.size() < kMaxOperators) {
        outline_.graph.operators.emplace(field.bytes);
      }
      if (field.number == node_proto::kAttribute) VisitAttribute(field.bytes, depth + 1);
    });
  }

  void VisitAttribute(std::string_view message, int depth) {
    if (!Enter(depth)) return;
    Walk(message, [&](const ProtoField& field) {
      if (!field.is_bytes) return;
      if (field.number == attribute_proto::kTensor || field.number == attribute_proto::kTensors)
        VisitTensor(field.bytes, depth + 1);
      if (field.number == attribute_proto::kGraph || field.number == attribute_proto::kGraphs)
        VisitGraph(field.bytes, depth + 1);
      if (field.number == attribute_proto::kSparseTensor ||
          field.number == attribute_proto::kSparseTensors) {
        VisitSparseTensor(field.bytes, depth + 1);
      }
    });
  }

  void VisitSparseTensor(std::string_view message, int depth) {
    if (!Enter(depth)) return;
    Walk(message, [&](const ProtoField& field) {
      // Fields 1 and 2 are the values and the indices.
      if (field.number <= 2 && field.is_bytes) VisitTensor(field.bytes, depth + 1);
    });
  }

  void VisitTensor(std::string_view message, int depth) {
    if (!Enter(depth)) return;
    Walk(message, [&](const ProtoField& field) {
      if (field.number != tensor_proto::kExternalData || !field.is_bytes) return;
      const Entry entry = ReadEntry(field.bytes);
      if (entry.key == "location") outline_.external_files.insert(entry.text);
    });
  }

  // ValueInfoProto has the name in field 1 and the type in field 2. TypeProto has the tensor in
  // field 1, whose field 2 is the shape.
  void VisitValueInfo(std::string_view message) {
    std::string name;
    bool tensor = false;
    bool shape = false;
    Walk(message, [&](const ProtoField& field) {
      if (field.number == 1 && field.is_bytes) name = Text(field);
      if (field.number != 2 || !field.is_bytes) return;
      Walk(field.bytes, [&](const ProtoField& type) {
        if (type.number != 1 || !type.is_bytes) return;
        tensor = true;
        Walk(type.bytes, [&](const ProtoField& part) { shape = shape || part.number == 2; });
      });
    });
    if (tensor && !shape) outline_.without_shape.insert(name);
  }

  OnnxOutline outline_;
  bool has_graph_ = false;
  bool damaged_ = false;
  bool truncated_ = false;
  bool too_deep_ = false;
};

}  // namespace

base::Result<OnnxOutline> ReadOnnxOutline(std::string_view bytes) {
  return OutlineReader().Read(bytes);
}

}  // namespace moorage::runtime
