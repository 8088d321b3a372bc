#pragma once

// Tensors as JSON.

#include <cstddef>

#include "domain/serving/lane/inference_lane.h"
#include "foundation/base/result.h"
#include "foundation/json/json_output.h"
#include "foundation/model/tensor.h"

namespace moorage::inference {

// How numbers that JSON does not have are written.
enum class NonFinite : std::uint8_t {
  kRefuse,  // kInternal with reason "model_output_invalid"
  kToken,   // NaN, Infinity, -Infinity, as clients of the Open Inference Protocol expect
};

// Appends element `index` as a JSON value. Numbers have their shortest exact form, FP16, BF16 and
// FP32 as floats. BOOL is true or false, BYTES is a string.
base::Status WriteElement(const model::TensorView& tensor, std::size_t index, NonFinite policy,
                          json::JsonOutput& json);

// Appends `"outputs": [{name: value, ...}, ...]`, one object a row, for models whose outputs have
// no roles. Rows of more than one element are nested arrays. If the outputs cannot be divided by
// rows (InferAnswer::whole), one object holds them whole.
base::Status WriteNamedOutputs(const lane::InferAnswer& answer, json::JsonOutput& json);

}  // namespace moorage::inference
