#include "domain/serving/servable/row_proof.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

namespace moorage::servable {
namespace {

// With fewer distinct rows an answer that depends on others may look right by chance.
constexpr std::size_t kFewestRows = 3;
// Batches of these sizes and of the largest size. Kernels choose another way for odd and for large
// numbers of rows.
constexpr std::array<std::size_t, 3> kSizes = {2, 3, 8};

std::vector<std::size_t> SizesOf(std::size_t batch_size) {
  std::set<std::size_t> sizes = {2, std::max<std::size_t>(batch_size, 2)};
  for (const std::size_t size : kSizes) {
    if (size <= batch_size) sizes.insert(size);
  }
  return {sizes.begin(), sizes.end()};
}

// The orders in which the rows run. A row has other neighbours in each of them. In the first one
// neighbours are half of the rows apart, so that a golden request meets an outlier.
std::vector<std::vector<std::size_t>> OrdersOf(std::span<const std::size_t> rows) {
  std::vector<std::size_t> forward(rows.begin(), rows.end());
  std::vector<std::size_t> backward(forward.rbegin(), forward.rend());
  std::vector<std::size_t> apart;
  const std::size_t half = (forward.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    apart.push_back(forward[i]);
    if (half + i < forward.size()) apart.push_back(forward[half + i]);
  }
  // Without the rotation the pairs of an even number of rows are those of `forward`.
  std::ranges::rotate(backward, backward.begin() + 1);
  return {std::move(apart), std::move(forward), std::move(backward)};
}

class Proof {
 public:
  Proof(const runtime::Session& session, ProbeRows& rows, SoloAnswers& solo)
      : session_(session), rows_(rows), solo_(solo), batch_(rows.buffers().form()) {}

  // Runs all rows of `order` in batches of `size`. The last batch is filled up from the beginning.
  // Returns what differed, or nothing.
  std::optional<std::string> RunOrder(std::span<const std::size_t> order, std::size_t size) {
    for (std::size_t first = 0; first < order.size(); first += size) {
      std::vector<std::size_t> members;
      for (std::size_t i = 0; i < size; ++i) members.push_back(order[(first + i) % order.size()]);
      if (auto problem = RunTogether(members)) return problem;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> RunTogether(std::span<const std::size_t> members) {
    batch_.Clear();
    for (const std::size_t row : members) batch_.Append(rows_.buffers(), row, 1);
    const auto outputs = session_.Run(batch_.Views(0, members.size()), {}, nullptr);
    if (!outputs.ok()) {
      return "a run of " + std::to_string(members.size()) +
             " rows fails, and each of them runs alone: " + outputs.error().message;
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto problem = solo_.Compare(members[i], outputs->tensors(), i, members.size());
      if (!problem) continue;
      return *problem + " in a run of " + std::to_string(members.size()) + " rows, for a row of " +
             std::string(Name(rows_.kind(members[i])));
    }
    return std::nullopt;
  }

  const runtime::Session& session_;
  ProbeRows& rows_;
  SoloAnswers& solo_;
  RowBuffers batch_;
};

}  // namespace

ProofVerdict ProveSharing(const runtime::Session& session, ProbeRows& rows, SoloAnswers& solo,
                          base::Duration per_row, const ProofLimits& limits,
                          const base::Clock& clock) {
  ProofVerdict verdict;
  const std::vector<std::size_t> sizes = SizesOf(limits.batch_size);
  const RowTolerance tolerance = ToleranceOf(model::DataType::kFp32);
  verdict.proof = {.rows = solo.rows().size(),
                   .batch_sizes = sizes,
                   .relative = tolerance.relative,
                   .absolute = tolerance.absolute};
  // Every size runs each row once, and at least one whole batch.
  std::size_t row_runs = 0;
  const std::size_t compared = std::max(solo.rows().size(), kFewestRows);
  for (const std::size_t size : sizes) row_runs += (compared + size - 1) / size * size;
  if (per_row * static_cast<long>(row_runs) > limits.longest) {
    verdict.detail = "its runs take too long to compare rows together with rows alone";
    return verdict;
  }
  if (solo.rows().size() < kFewestRows) {
    verdict.detail = "only " + std::to_string(solo.rows().size()) +
                     " of the trial rows could be run; golden requests or reference data help";
    return verdict;
  }
  const base::Instant start = clock.Monotonic();
  Proof proof(session, rows, solo);
  bool first = true;
  for (const std::vector<std::size_t>& order : OrdersOf(solo.rows())) {
    for (const std::size_t size : sizes) {
      // The first order is never cut short, because each size must have been tried.
      if (!first && clock.Monotonic() - start > limits.budget) break;
      auto problem = proof.RunOrder(order, size);
      verdict.proof.worst = solo.worst();
      verdict.proof.exact = solo.exact();
      if (!problem) continue;
      verdict.sharing = RowSharing::kRefuted;
      verdict.detail = *std::move(problem);
      return verdict;
    }
    first = false;
  }
  verdict.sharing = RowSharing::kProved;
  return verdict;
}

}  // namespace moorage::servable
