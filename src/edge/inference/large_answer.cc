#include "edge/inference/large_answer.h"

#include <memory>
#include <utility>

#include "edge/inference/reactor_share.h"

namespace moorage::inference {

namespace {

// Writing takes about so long for each byte of the outputs.
constexpr base::Duration kPerOutputByte{15};

// The elements of an output that belong to the request.
struct Part {
  std::size_t from = 0;
  std::size_t count = 0;
  bool by_rows = false;
};

Part PartOf(const model::TensorView& tensor, const lane::InferAnswer& answer) {
  const std::size_t all = tensor.elements();
  if (answer.whole || tensor.shape.empty() || tensor.shape.front() <= 0) return {0, all};
  const std::size_t step = all / static_cast<std::size_t>(tensor.shape.front());
  return {answer.first_row * step, answer.rows * step, true};
}

model::Tensor CopyOf(const model::TensorView& tensor, const Part& part, std::size_t rows) {
  model::Tensor copy{.type = tensor.type,
                     .shape = {tensor.shape.begin(), tensor.shape.end()},
                     .bytes = {},
                     .strings = {}};
  if (part.by_rows) copy.shape.front() = static_cast<std::int64_t>(rows);
  if (tensor.type == model::DataType::kBytes) {
    const auto strings = tensor.strings.subspan(part.from, part.count);
    copy.strings.assign(strings.begin(), strings.end());
  } else {
    const std::size_t size = model::ElementSize(tensor.type);
    const auto bytes = tensor.bytes.subspan(part.from * size, part.count * size);
    copy.bytes.assign(bytes.begin(), bytes.end());
  }
  return copy;
}

}  // namespace

bool IsLarge(const lane::InferAnswer& answer) {
  // Outputs of the whole run that are small settle it for each of its requests.
  std::size_t all = 0;
  for (const model::TensorView& output : answer.outputs) all += output.elements();
  if (all <= kMostWritten) return false;
  std::size_t elements = 0;
  for (const model::TensorView& output : answer.outputs) {
    elements += PartOf(output, answer).count;
  }
  return elements > kMostWritten;
}

std::size_t LargeAnswer::BytesOf(const lane::InferAnswer& answer) {
  std::size_t bytes = 0;
  for (const model::TensorView& output : answer.outputs) {
    const Part part = PartOf(output, answer);
    bytes +=
        part.count * (output.type == model::DataType::kBytes ? sizeof(std::string)
                                                             : model::ElementSize(output.type));
  }
  return bytes;
}

LargeAnswer::LargeAnswer(Origin origin, const lane::InferAnswer& answer, base::MemoryCharge charge,
                         AnswerFunction write)
    : LargeCall(std::move(origin)),
      charge_(std::move(charge)),
      whole_(answer.whole),
      write_(std::move(write)) {
  rows_ = answer.rows;
  outputs_.reserve(answer.outputs.size());
  for (const model::TensorView& output : answer.outputs) {
    outputs_.push_back(CopyOf(output, PartOf(output, answer), answer.rows));
  }
}

base::Status LargeAnswer::Answer(lane::WorkRun& run) {
  RETURN_IF_ERROR(run.Wanted());
  std::vector<model::TensorView> views;
  views.reserve(outputs_.size());
  for (const model::Tensor& output : outputs_) views.push_back(output.view());
  base::Status written =
      write_({.servable = servable().get(), .outputs = views, .rows = rows_, .whole = whole_},
             json_, this);
  outputs_.clear();
  charge_.Release();
  return written;
}

void SubmitAnswer(InferenceService& inference, api::ExchangeRef exchange,
                  const lane::InferAnswer& answer, AnswerFunction write) {
  base::MemoryCharge charge = inference.Charge(base::MemoryPurpose::kAnswers);
  const base::Status charged = charge.Resize(LargeAnswer::BytesOf(answer));
  if (!charged.ok()) return exchange->Fail(charged.error());
  LargeCall::Origin origin{.servable = *answer.lease,
                           .body = {},
                           .request_id = exchange->context().request_id,
                           .clock = inference.clock(),
                           .memory = inference.memory(),
                           .accepts_gzip = exchange->accepts_gzip()};
  auto call =
      std::make_shared<LargeAnswer>(std::move(origin), answer, std::move(charge), std::move(write));
  const base::Duration cost =
      kPerOutputByte * static_cast<std::int64_t>(LargeAnswer::BytesOf(answer));
  SubmitRest(inference, std::move(exchange), std::move(call), cost);
}

}  // namespace moorage::inference
