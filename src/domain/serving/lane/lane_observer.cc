#include "domain/serving/lane/lane_observer.h"

namespace moorage::lane {

const char* Name(Rejection reason) {
  switch (reason) {
    case Rejection::kInFlight:
      return "in_flight";
    case Rejection::kQueueFull:
      return "queue_full";
    case Rejection::kPredictedWait:
      return "predicted_wait";
    case Rejection::kExpired:
      return "expired";
  }
  return "unknown";
}

}  // namespace moorage::lane
