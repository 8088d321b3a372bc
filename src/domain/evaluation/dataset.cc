#include "domain/evaluation/dataset.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "domain/evaluation/nearest_name.h"
#include "foundation/base/parse_number.h"
#include "foundation/rows/cell.h"

namespace moorage::evaluation {
namespace {

constexpr std::size_t kRowsBetweenChecks = 1000;  // some milliseconds

// The target of a regression's row. Any finite number, with integers as the nearest double.
std::optional<double> TargetValue(std::string_view text) {
  const auto value = base::ParseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace

// Reads one CSV into a data set, first the header, then row by row.
class DatasetReader {
 public:
  DatasetReader(rows::CsvReader csv, const rows::RowLayout& layout, const model::Manifest& manifest,
                const DatasetOptions& options, const LabelEncoding& labels, Dataset dataset)
      : csv_(std::move(csv)),
        layout_(layout),
        manifest_(manifest),
        options_(options),
        labels_(labels),
        dataset_(std::move(dataset)) {}

  base::Result<Dataset> Read() && {
    // The elements of an input of rank above 2 have no names.
    RETURN_IF_ERROR(layout_.nested_shape().empty() ? AssignByName() : AssignByOrder());
    for (std::size_t read = 0;; ++read) {
      if (read % kRowsBetweenChecks == 0) RETURN_IF_ERROR(options_.cancel.Check());
      ASSIGN_OR_RETURN(const bool more, csv_.Next());
      if (!more) break;
      // Reading goes on after a bad cell, so that one run shows up to 16 problems. Targets may then
      // be missing, but Summary() is returned and the data set is not.
      ReadRow();
    }
    if (total_ > 0) return Summary();
    if (dataset_.size() == 0) {
      return base::Error{base::Code::kInvalid, "CSV: there are no rows below the header"};
    }
    if (options_.target) dataset_.target_ = *options_.target;
    return std::move(dataset_);
  }

 private:
  bool IsIgnored(const std::string& name) const {
    return std::find(options_.ignored.begin(), options_.ignored.end(), name) !=
           options_.ignored.end();
  }

  base::Status AssignByName() {
    std::vector<std::string> unknown;
    std::vector<bool> found(layout_.features());
    for (std::size_t column = 0; column < csv_.header().size(); ++column) {
      const std::string& name = csv_.header()[column];
      const std::optional<std::size_t> feature = layout_.Find(name);
      if (options_.target == name) {
        // The model would be given the answer among its features, and any figure would be
        // worthless.
        if (feature) {
          return base::Error{base::Code::kInvalid,
                             "the target column '" + name + "' is a feature of the model"};
        }
        target_column_ = column;
      } else if (feature) {
        features_.push_back({column, *feature});
        found[*feature] = true;
      } else if (!IsIgnored(name)) {
        unknown.push_back(name);
      }
    }
    // A misspelt target is reported before its real column is reported as unknown.
    RETURN_IF_ERROR(CheckNames());
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) missing.push_back(layout_.names()[i]);
    }
    return CheckColumns(missing, unknown);
  }

  base::Status AssignByOrder() {
    for (std::size_t column = 0; column < csv_.header().size(); ++column) {
      const std::string& name = csv_.header()[column];
      if (options_.target == name) {
        target_column_ = column;
      } else if (!IsIgnored(name)) {
        features_.push_back({column, features_.size()});
      }
    }
    RETURN_IF_ERROR(CheckNames());
    if (features_.size() == layout_.features()) return {};
    return base::Error{base::Code::kInvalid,
                       "CSV: " + std::to_string(features_.size()) +
                           " feature columns, the model has " + std::to_string(layout_.features()) +
                           " features (taken in order)" + csv_.SeparatorHint()};
  }

  // What the options name is in the header.
  base::Status CheckNames() const {
    const std::vector<std::string>& header = csv_.header();
    for (const std::string& name : options_.ignored) {
      if (std::find(header.begin(), header.end(), name) != header.end()) continue;
      return base::Error{base::Code::kInvalid,
                         "CSV: there is no column '" + name + "' to ignore" +
                             DidYouMean(name, header) + csv_.SeparatorHint(),
                         {{"header", "no column '" + name + "'"}}};
    }
    if (!options_.target || target_column_) return {};
    return base::Error{base::Code::kInvalid,
                       "CSV: there is no target column '" + *options_.target + "'" +
                           DidYouMean(*options_.target, csv_.header()) + csv_.SeparatorHint(),
                       {{"header", "no column '" + *options_.target + "'"}}};
  }

  base::Status CheckColumns(const std::vector<std::string>& missing,
                            const std::vector<std::string>& unknown) const {
    if (missing.empty() && unknown.empty()) return {};
    base::Error error{base::Code::kInvalid, "CSV: "};
    for (const std::string& name : missing) {
      if (error.details.size() == base::kMaxDetails) break;
      error.details.push_back({"column '" + name + "'", "missing: it is a feature of the model" +
                                                            DidYouMean(name, unknown)});
    }
    for (const std::string& name : unknown) {
      if (error.details.size() == base::kMaxDetails) break;
      error.details.push_back(
          {"column '" + name + "'", options_.target ? "neither a feature nor the target; ignore it "
                                                      "explicitly or remove it"
                                                    : "not a feature of the model; remove it"});
    }
    const base::Detail& first = error.details.front();
    error.message += first.path + " is " + first.problem;
    const std::size_t more = missing.size() + unknown.size() - 1;
    if (more > 0) error.message += " (and " + std::to_string(more) + " more)";
    error.message += csv_.SeparatorHint();
    return error;
  }

  void ReadRow() {
    const rows::RowTarget row = dataset_.rows_.Append();
    for (const auto& [column, feature] : features_) {
      const std::string problem = rows::StoreCell(layout_, row, feature, csv_.fields()[column]);
      if (!problem.empty()) Report(column, problem);
    }
    if (target_column_) ReadTarget(*target_column_);
  }

  void ReadTarget(std::size_t column) {
    const rows::CsvField& field = csv_.fields()[column];
    const bool text = std::holds_alternative<std::vector<std::string>>(labels_.labels());
    if (manifest_.task == model::Task::kClassification) {
      const auto label = labels_.FindText(field.text);
      // A label is looked up first, because "NA" or "null" may be the name of one.
      if (!label && rows::IsMissing(field.text))
        return Report(column, "missing: the target must be known");
      if (!label) {
        return Report(column, rows::ShownCell(field.text) + " is not one of the model's " +
                                  (text ? "string" : "integer") + " labels: " + labels_.Listing());
      }
      dataset_.target_classes_.push_back(*label);
    } else if (manifest_.task == model::Task::kRegression) {
      if (rows::IsMissing(field.text)) return Report(column, "missing: the target must be known");
      const std::optional<double> value = TargetValue(field.text);
      if (!value) return Report(column, rows::ShownCell(field.text) + " is not a finite number");
      dataset_.target_values_.push_back(*value);
    }
    dataset_.target_texts_.emplace_back(field.text);
  }

  void Report(std::size_t column, const std::string& problem) {
    if (total_++ == 0) {
      first_ =
          "CSV line " + std::to_string(csv_.line()) + ": " + csv_.PathOf(column) + ": " + problem;
      remedy_ = rows::RemedyOf(problem);
    }
    if (details_.size() < base::kMaxDetails) {
      details_.push_back(
          {csv_.PathOf(column), problem + " (line " + std::to_string(csv_.line()) + ")"});
    }
  }

  base::Error Summary() {
    std::string message = first_;
    if (total_ > 1) {
      message += " (and " + std::to_string(total_ - 1) +
                 (total_ > 2 ? " more problems)" : " more problem)");
    }
    return {.code = base::Code::kInvalid,
            .message = std::move(message),
            .details = std::move(details_),
            .remedy = remedy_};
  }

  struct FeatureColumn {
    std::size_t column;
    std::size_t feature;
  };

  rows::CsvReader csv_;
  const rows::RowLayout& layout_;
  const model::Manifest& manifest_;
  const DatasetOptions& options_;
  const LabelEncoding& labels_;
  Dataset dataset_;
  std::vector<FeatureColumn> features_;
  std::optional<std::size_t> target_column_;
  std::string first_;
  std::optional<base::Remedy> remedy_;  // of the first problem
  std::vector<base::Detail> details_;
  std::size_t total_ = 0;
};

base::Result<Dataset> Dataset::FromCsv(std::string_view csv, const model::Manifest& manifest,
                                       const DatasetOptions& options) {
  ASSIGN_OR_RETURN(const rows::RowLayout layout, rows::RowLayout::Make(manifest));
  ASSIGN_OR_RETURN(const LabelEncoding labels, LabelEncoding::Make(manifest.labels));
  ASSIGN_OR_RETURN(rows::CsvReader reader, rows::CsvReader::Open(csv, options.limits));
  Dataset dataset(RowBlock(layout, manifest.signature), model::DigestOf(csv));
  return DatasetReader(std::move(reader), layout, manifest, options, labels, std::move(dataset))
      .Read();
}

}  // namespace moorage::evaluation
