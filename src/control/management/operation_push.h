#pragma once

#include "control/management/operations.h"
#include "control/push/push_model.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"

// The operation registers a version.
//  - The part model is required. The parts metadata, options, reference (CSV) and notes are
//    optional.
//  - The part options is metadata too, and wins over metadata.
//  - Each external data file is one part "external" with its file name.
//  - Query parameters are version, or bump (auto, major, minor, patch).
namespace moorage::management {

// The request points into the call, which must outlive it.
base::Result<control::PushRequest> ReadPush(const model::ApiCall& call);
json::Json PushDocument(const control::PushResult& result);

}  // namespace moorage::management
