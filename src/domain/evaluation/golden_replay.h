#pragma once

#include "domain/evaluation/gates/gate.h"
#include "foundation/model/manifest.h"
#include "platform/runtime/session.h"

namespace moorage::evaluation {

// Replays the manifest's golden requests at a push, through the same row layout and prediction
// reader as a served request, and judges three things:
// - every answer is the golden one (model::CompareGolden);
// - determinism: a second run gives the same bits;
// - batch invariance: a request alone is answered as among the others, within its tolerance.
//
// PASS, also without golden requests (the evidence says 0). FAIL if one of the three does not hold
// or a run fails. ERROR if a golden request is no request for this model: its features do not fit,
// or the model takes no rows. The evidence counts requests and lists what failed (at most 16).
GateReport ReplayGolden(const runtime::Session& session, const model::Manifest& manifest);

}  // namespace moorage::evaluation
