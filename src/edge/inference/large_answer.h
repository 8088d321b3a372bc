#pragma once

// Answers that turned out to be too large to be written on the reactor.

#include <cstddef>
#include <functional>
#include <vector>

#include "domain/serving/lane/inference_lane.h"
#include "edge/inference/large_call.h"
#include "foundation/model/tensor.h"

namespace moorage::inference {

// Writes an answer as its protocol has it. Called on any thread.
using AnswerFunction = std::function<base::Status(const lane::InferAnswer& answer,
                                                  json::JsonOutput& json, AnswerWatch* watch)>;

// True if a reactor would write this answer for longer than about 1 ms. For outputs whose size the
// signature leaves open this is known only now.
bool IsLarge(const lane::InferAnswer& answer);

// An answer that turned out to be too large to be written on the reactor. It keeps a copy of the
// request's part of the outputs.
class LargeAnswer : public LargeCall {
 public:
  // `answer` is read during the constructor only. `charge` pays for the copy.
  LargeAnswer(Origin origin, const lane::InferAnswer& answer, base::MemoryCharge charge,
              AnswerFunction write);

  // What the copy of an answer takes.
  static std::size_t BytesOf(const lane::InferAnswer& answer);

 private:
  base::Status Answer(lane::WorkRun& run) override;

  base::MemoryCharge charge_;
  std::vector<model::Tensor> outputs_;
  const bool whole_;
  const AnswerFunction write_;
};

// Writes the answer on a thread of the executor and sends it. Called by the completion of the run,
// whose place in the admission it keeps. The run's times are noted already.
void SubmitAnswer(InferenceService& inference, api::ExchangeRef exchange,
                  const lane::InferAnswer& answer, AnswerFunction write);

}  // namespace moorage::inference
