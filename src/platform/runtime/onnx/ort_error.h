#pragma once

#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace moorage::runtime {

// ONNX Runtime's numbers for what went wrong, as far as they decide something (OrtErrorCode).
enum class OrtFault { kInvalidArgument, kOther };

// A message of ONNX Runtime without paths and signatures of its sources, stack traces and line
// breaks. At most 400 bytes.
std::string CleanOrtMessage(std::string_view message);

// A quotient that there is not. The inputs of a run decide it, or the constants of a graph.
base::Error DividedByZero();
base::Error ConstantDividedByZero();

// Why a model could not be loaded, as a sentence. kUnsupported for an operator, operator set or IR
// version that this build does not know (named in the message), kInvalid for everything else.
base::Error TranslateLoadError(std::string_view message);

// Why a run failed. kInvalid for arguments that do not fit, kUnavailable if memory ran out,
// kInternal for a fault inside the model.
base::Error TranslateRunError(OrtFault fault, std::string_view message);

}  // namespace moorage::runtime
