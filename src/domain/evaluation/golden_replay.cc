#include "domain/evaluation/golden_replay.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/metric.h"
#include "domain/evaluation/row_block.h"
#include "domain/evaluation/score.h"
#include "foundation/rows/golden_answer.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"

namespace moorage::evaluation {
namespace {

constexpr std::string_view kGate = "golden_replay";
constexpr std::size_t kKeptFailures = 16;

// A prediction that owns its text and numbers. A rows::Prediction points into the outputs of its
// run.
struct ReplayAnswer {
  std::optional<std::int64_t> integer;
  std::optional<std::string> text;
  std::vector<double> numbers;  // value, then probabilities or scores
};

ReplayAnswer Keep(const rows::Prediction& prediction) {
  ReplayAnswer answer{.integer = prediction.integer, .text = std::nullopt, .numbers = {}};
  if (prediction.text) answer.text = std::string(*prediction.text);
  if (prediction.value) answer.numbers.push_back(*prediction.value);
  answer.numbers.insert(answer.numbers.end(), prediction.probabilities.begin(),
                        prediction.probabilities.end());
  answer.numbers.insert(answer.numbers.end(), prediction.scores.begin(), prediction.scores.end());
  return answer;
}

bool SameLabel(const ReplayAnswer& a, const ReplayAnswer& b) {
  return a.integer == b.integer && a.text == b.text && a.numbers.size() == b.numbers.size();
}

// Compares bits, because == takes 0.0 and -0.0 as equal.
bool SameBits(const ReplayAnswer& a, const ReplayAnswer& b) {
  return SameLabel(a, b) &&
         std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), [](double x, double y) {
           return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
         });
}

bool SameWithin(const ReplayAnswer& a, const ReplayAnswer& b, double tolerance) {
  return SameLabel(a, b) &&
         std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(),
                    [&](double x, double y) { return rows::IsClose(x, y, tolerance); });
}

std::string PathOf(std::size_t request) { return "golden[" + std::to_string(request) + "]"; }

class Replay {
 public:
  Replay(const runtime::Session& session, const model::Manifest& manifest,
         const base::CancelToken& cancel)
      : session_(session), golden_(manifest.golden), cancel_(cancel) {
    report_.gate = kGate;
  }

  GateReport Run(const model::Manifest& manifest) && {
    report_.evidence = {{"requests", golden_.size()}};
    if (golden_.empty()) {
      report_.message = "there are no golden requests to replay";
      return std::move(report_);
    }
    if (const base::Status judged = Judge(manifest); !judged.ok()) {
      report_.outcome = Worse(report_.outcome, Outcome::kError);
      report_.message = "golden requests cannot be replayed: " + judged.error().message;
      return std::move(report_);
    }
    if (failures_.empty()) {
      report_.message = std::to_string(golden_.size()) +
                        (golden_.size() == 1 ? " golden request holds" : " golden requests hold");
      return std::move(report_);
    }
    report_.outcome = Outcome::kFail;
    report_.message = failures_.front();
    if (failures_.size() > 1) {
      report_.message += " (and " + std::to_string(failures_.size() - 1) + " more)";
    }
    failures_.resize(std::min(failures_.size(), kKeptFailures));
    report_.evidence["failures"] = failures_;
    return std::move(report_);
  }

 private:
  // Fails where there is nothing to judge. Broken requests go to failures_.
  base::Status Judge(const model::Manifest& manifest) {
    ASSIGN_OR_RETURN(const rows::RowLayout layout, rows::RowLayout::Make(manifest));
    ASSIGN_OR_RETURN(const rows::PredictionReader reader, rows::PredictionReader::Make(manifest));
    RowBlock rows(layout, manifest.signature);
    for (std::size_t i = 0; i < golden_.size(); ++i) {
      RETURN_IF_ERROR(
          rows::StoreJsonRow(layout, rows.Append(), golden_[i].features, PathOf(i) + ".features"));
    }
    const auto together = Answers(reader, rows, golden_.size(), Against::kGolden);
    if (!together) return {};
    // The second run has the same batch, so that its bits can be compared. Another batch size may
    // choose other kernels, which round differently, so single requests are compared within the
    // tolerance.
    const auto again = Answers(reader, rows, golden_.size(), Against::kNothing);
    const auto alone = Answers(reader, rows, 1, Against::kNothing);
    if (!again || !alone) return {};
    for (std::size_t i = 0; i < golden_.size(); ++i) {
      if (!SameBits((*together)[i], (*again)[i])) {
        Fail(i, "a second run gives another answer: the model is not deterministic");
      }
      if (!SameWithin((*together)[i], (*alone)[i], golden_[i].tolerance)) {
        Fail(i, "the answer depends on the other rows of the batch (more than by " +
                    ExactText(golden_[i].tolerance) + ")");
      }
    }
    return {};
  }

  enum class Against : std::uint8_t { kGolden, kNothing };

  // The answers to all rows, or nothing if the run failed or one of them is no valid prediction.
  std::optional<std::vector<ReplayAnswer>> Answers(const rows::PredictionReader& reader,
                                                   const RowBlock& rows, std::size_t batch_size,
                                                   Against against) {
    std::vector<ReplayAnswer> answers;
    const base::Status scored = ScoreRows(
        session_, reader, rows, {.batch_size = batch_size, .cancel = cancel_},
        [&](std::size_t row, const base::Result<rows::Prediction>& answer) -> base::Status {
          if (!answer.ok()) {
            Fail(row, answer.error().message);
            return {};
          }
          if (against == Against::kGolden) {
            const base::Status compared = rows::CompareGolden(golden_[row], *answer);
            if (!compared.ok()) Fail(row, compared.error().message);
          }
          answers.push_back(Keep(*answer));
          return {};
        });
    if (!scored.ok()) {
      failures_.push_back("the model fails on its golden requests: " + scored.error().message);
    }
    // An invalid answer leaves a gap, and the lists could no longer be compared by position.
    if (answers.size() != golden_.size()) return std::nullopt;
    return answers;
  }

  void Fail(std::size_t request, const std::string& problem) {
    failures_.push_back(PathOf(request) + ": " + problem);
  }

  const runtime::Session& session_;
  const std::vector<model::GoldenRequest>& golden_;
  const base::CancelToken& cancel_;
  GateReport report_;
  std::vector<std::string> failures_;
};

}  // namespace

GateReport ReplayGolden(const runtime::Session& session, const model::Manifest& manifest,
                        const base::CancelToken& cancel) {
  return Replay(session, manifest, cancel).Run(manifest);
}

}  // namespace moorage::evaluation
