#pragma once

// The body of an infer request of the Open Inference Protocol.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/servable.h"
#include "edge/inference/oip/oip_parameters.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/model/tensor.h"

namespace moorage::inference {

// An inference request of the Open Inference Protocol, checked against the model that it is for.
struct OipRequest {
  std::string id;            // empty if not given
  OipParameters parameters;  // of the request as a whole
  // What the inputs take, where they are large.
  base::MemoryCharge charge;
  // One for each input of the signature, in its order. An optional input that was left out has an
  // empty shape and no elements.
  std::vector<model::Tensor> inputs;
  // The outputs that were asked for, as indices into the signature, in the order of the request.
  // All of them if the request names none.
  std::vector<std::size_t> outputs;
};

// Decodes and checks the JSON body of an infer request. Errors name paths such as
// "inputs[0].data[3]". Unknown members are ignored, as the protocol demands. Members that the
// protocol calls optional may be null. oip_parameters.h has the rule for parameters.
//
// The memory of the inputs is in proportion to the text of their data. Large inputs are charged to
// the budget of `charge`, and kExhausted is the answer where that has not enough left.
base::Result<OipRequest> DecodeOipRequest(std::string_view body, const servable::Servable& servable,
                                          base::MemoryCharge charge = {});

}  // namespace moorage::inference
