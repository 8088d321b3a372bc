#pragma once

// The one door to ONNX Runtime's C++ interface. The library's function table is bound by
// OnnxBackend's constructor and not by a static initializer, so that nothing of the library runs
// before its telemetry has been turned off.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>
