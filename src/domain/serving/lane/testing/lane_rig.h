#pragma once

// A lane and its executor for tests, without a reactor.

#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/lane/admission.h"
#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/inference_lane.h"
#include "foundation/base/mutex.h"

namespace moorage::lane {

// What a request was answered, kept after its completion.
struct KeptAnswer {
  base::Result<InferAnswer> answer = base::Error{base::Code::kInternal, "not answered"};
  int calls = 0;
  std::vector<std::vector<double>> numbers;  // per output, the elements of this request's rows
  std::vector<std::vector<std::string>> strings;

  bool ok() const { return calls == 1 && answer.ok(); }
  const base::Error& error() const { return answer.error(); }

  void Keep(base::Result<InferAnswer> result) {
    ++calls;
    answer = std::move(result);
    if (!answer.ok()) return;
    for (const model::TensorView& output : answer->outputs) {
      const auto carried =
          static_cast<std::size_t>(output.shape.empty() ? 1 : output.shape.front());
      const std::size_t width = carried == 0 ? 0 : output.elements() / carried;
      const std::size_t first = answer->whole ? 0 : answer->first_row * width;
      const std::size_t count = answer->whole ? output.elements() : answer->rows * width;
      std::vector<double>& kept = numbers.emplace_back();
      std::vector<std::string>& texts = strings.emplace_back();
      for (std::size_t i = first; i < first + count; ++i) {
        if (output.type == model::DataType::kBytes) {
          texts.push_back(output.strings[i]);
        } else {
          kept.push_back(model::NumberAt(output, i));
        }
      }
    }
  }
};

// The second probability of every row of the answer.
inline std::vector<double> Probabilities(const KeptAnswer& kept) {
  std::vector<double> result;
  if (kept.numbers.size() < 2) return result;
  for (std::size_t i = 1; i < kept.numbers[1].size(); i += 2) result.push_back(kept.numbers[1][i]);
  return result;
}

// A lane with its executor. The test's thread does what a reactor would do.
class LaneRig {
 public:
  using Row = std::vector<double>;

  explicit LaneRig(const base::Clock& clock, InferenceLane::Options lane_options = {},
                   BatchExecutor::Options executor_options = {})
      : executor_(std::make_unique<BatchExecutor>(executor_options, clock)),
        lane_(std::make_unique<InferenceLane>(lane_options, *executor_, clock,
                                              [this] { OnWake(); })) {}
  ~LaneRig() {
    lane_.reset();
    executor_.reset();
  }
  LaneRig(const LaneRig&) = delete;
  LaneRig& operator=(const LaneRig&) = delete;

  InferenceLane& lane() { return *lane_; }
  BatchExecutor& executor() { return *executor_; }
  void DestroyLane() { lane_.reset(); }

  // Submits rows. A lane that takes none answers with the error.
  void Ask(const servable::ServableHandle& servable, const std::vector<Row>& rows, KeptAnswer& kept,
           const SubmitOptions& options = {}) {
    auto set = lane_->OpenRows(servable);
    if (!set.ok()) return kept.Keep(set.error());
    for (const Row& row : rows) {
      const auto target = set->Add();
      if (!target.ok()) return kept.Keep(target.error());
      for (std::size_t i = 0; i < row.size(); ++i) {
        const rows::Problem problem = servable->layout->StoreDouble(*target, i, row[i]);
        if (problem != nullptr) {
          return kept.Keep(base::Error{base::Code::kInvalid, problem});
        }
      }
    }
    lane_->Submit(std::move(*set), options,
                  [&kept](base::Result<InferAnswer> result) { kept.Keep(std::move(result)); });
  }

  // Waits for wake-ups until `count` more requests than before have been answered by the executor.
  void CollectUntilIdle() {
    while (lane_->in_flight() > 0) {
      AwaitWake();
      lane_->Collect();
      lane_->EndTick();
    }
  }
  void AwaitWake() {
    base::MutexLock lock(mu_);
    while (!woken_) changed_.wait(lock.native());
    woken_ = false;
  }
  bool woken() {
    const base::MutexLock lock(mu_);
    return std::exchange(woken_, false);
  }

 private:
  void OnWake() {
    const base::MutexLock lock(mu_);
    woken_ = true;
    changed_.notify_all();
  }

  base::Mutex mu_;
  std::condition_variable changed_;
  bool woken_ GUARDED_BY(mu_) = false;
  std::unique_ptr<BatchExecutor> executor_;
  std::unique_ptr<InferenceLane> lane_;
};

}  // namespace moorage::lane
