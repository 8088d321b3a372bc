#pragma once

// The only header that includes ONNX Runtime's C++ interface. OnnxBackend's constructor binds the
// function table of the library. A static initializer would run code of the library before its
// telemetry is turned off.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>
