#include "domain/evaluation/evaluation.h"

#include <chrono>

namespace moorage::evaluation {

double Evaluation::rows_per_second() const {
  const double seconds = std::chrono::duration<double>(duration).count();
  return seconds > 0 ? static_cast<double>(rows) / seconds : 0;
}

}  // namespace moorage::evaluation
