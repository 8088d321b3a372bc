#pragma once

#include "domain/evaluation/gates/gate.h"
#include "foundation/base/cancel_token.h"
#include "foundation/model/manifest.h"
#include "platform/runtime/session.h"

namespace moorage::evaluation {

// Replays the manifest's golden requests at a push, through the same row layout and prediction
// reader as a served request. Pure but for the session. Judges three things.
// - Every answer is the golden one (rows::CompareGolden).
// - A second run gives the same bits (determinism).
// - A request alone has the same answer as among the others, within its tolerance (batch
// invariance).
//
// PASS, also without golden requests (the evidence has 0). FAIL if one of the three does not hold
// or a run fails. ERROR if a golden request does not fit this model, or if the model takes no rows.
// The evidence counts requests and lists what failed (at most 16).
//
// Once the token is cancelled no further run begins, and the report means nothing.
GateReport ReplayGolden(const runtime::Session& session, const model::Manifest& manifest,
                        const base::CancelToken& cancel = {});

}  // namespace moorage::evaluation
