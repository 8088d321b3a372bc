#include "foundation/rows/json_row.h"

#include <string>
#include <utility>
#include <vector>

namespace moorage::rows {

namespace {

using base::Code;
using base::Detail;
using base::Error;

Problem StoreScalar(const RowLayout& layout, const RowTarget& row, std::size_t feature,
                    const json::Json& value) {
  switch (value.type()) {
    case json::Json::value_t::number_integer:
      return layout.StoreInteger(row, feature, value.get<std::int64_t>());
    case json::Json::value_t::number_unsigned:
      return layout.StoreUnsigned(row, feature, value.get<std::uint64_t>());
    case json::Json::value_t::number_float:
      return layout.StoreDouble(row, feature, value.get<double>());
    case json::Json::value_t::boolean:
      return layout.StoreBool(row, feature, value.get<bool>());
    case json::Json::value_t::string:
      return layout.StoreString(row, feature, *value.get_ptr<const json::Json::string_t*>());
    case json::Json::value_t::null:
      return layout.StoreNull(row, feature);
    default:
      return "neither a number, a string, a boolean nor null";
  }
}

// Fills one row and remembers what does not fit.
class RowFiller {
 public:
  RowFiller(const RowLayout& layout, const RowTarget& row, std::string_view path)
      : layout_(layout), row_(row), path_(path) {}

  void FillRow(const json::Json& value) {
    if (!layout_.nested_shape().empty()) {
      std::size_t next = 0;
      FillNested(value, layout_.nested_shape(), path_, next);
    } else if (const auto* array = value.get_ptr<const json::Json::array_t*>()) {
      FillArray(*array);
    } else if (const auto* object = value.get_ptr<const json::Json::object_t*>()) {
      FillObject(*object);
    } else {
      Report(path_, "must be an array of " + Features() + ", or an object by feature name");
    }
  }

  base::Status Finish() && {
    if (problems_.empty()) return {};
    std::string message = problems_.front().path + ": " + problems_.front().problem;
    if (const std::size_t more = problems_.size() - 1; more > 0) {
      message += std::string(full() ? " (and at least " : " (and ") + std::to_string(more) +
                 (more > 1 ? " more problems)" : " more problem)");
    }
    const auto remedy = RemedyOf(problems_.front().problem);
    return Error{.code = Code::kInvalid,
                 .message = std::move(message),
                 .details = std::move(problems_),
                 .remedy = remedy};
  }

 private:
  std::string Features() const {
    const std::size_t count = layout_.features();
    return std::to_string(count) + (count == 1 ? " feature" : " features");
  }

  // True at as many problems as an error holds. What is behind them is not looked for.
  bool full() const { return problems_.size() >= base::kMaxDetails; }

  void Report(std::string path, std::string problem) {
    if (!full()) problems_.push_back({std::move(path), std::move(problem)});
  }

  void FillArray(const json::Json::array_t& array) {
    if (!array.empty() && array.front().is_array()) return Report(path_, kRowOfRows);
    if (array.size() != layout_.features()) {
      Report(path_, "expected " + Features() + ", got " + std::to_string(array.size()));
      return;
    }
    for (std::size_t i = 0; !full() && i < array.size(); ++i) {
      if (const Problem problem = StoreScalar(layout_, row_, i, array[i])) {
        Report(path_ + "[" + std::to_string(i) + "]", problem);
      }
    }
  }

  void FillObject(const json::Json::object_t& object) {
    std::vector<bool> seen(layout_.features());
    for (const auto& [name, value] : object) {
      if (full()) return;
      const auto feature = layout_.Find(name);
      if (!feature) {
        Report(path_ + "." + name, "not a feature of this model");
      } else if (seen[*feature]) {
        Report(path_ + "." + name, "given twice");
      } else {
        seen[*feature] = true;
        const Problem problem = StoreScalar(layout_, row_, *feature, value);
        if (problem != nullptr) Report(path_ + "." + name, problem);
      }
    }
    for (std::size_t i = 0; !full() && i < seen.size(); ++i) {
      if (!seen[i]) Report(path_ + "." + layout_.names()[i], "missing");
    }
  }

  // Visits the values row-major. `next` is the feature that comes next. Recursion is as deep as the
  // shape has dimensions, whatever the depth of the value.
  void FillNested(const json::Json& value, std::span<const std::int64_t> shape,
                  const std::string& path, std::size_t& next) {
    const auto* array = value.get_ptr<const json::Json::array_t*>();
    const auto expected = static_cast<std::size_t>(shape.front());
    if (array == nullptr) {
      Report(path, "must be nested arrays of shape " + model::FormatShape(shape));
    } else if (array->size() != expected) {
      Report(path, "expected " + std::to_string(expected) + " elements, got " +
                       std::to_string(array->size()));
    }
    if (array == nullptr || array->size() != expected) {
      // Skips what is missing, so that the values behind it are still checked against their
      // features.
      next += static_cast<std::size_t>(model::ElementCount(shape).value_or(0));
      return;
    }
    for (std::size_t i = 0; !full() && i < expected; ++i) {
      if (shape.size() > 1) {
        FillNested((*array)[i], shape.subspan(1), path + "[" + std::to_string(i) + "]", next);
      } else if (const Problem problem = StoreScalar(layout_, row_, next++, (*array)[i])) {
        Report(path + "[" + std::to_string(i) + "]", problem);
      }
    }
  }

  const RowLayout& layout_;
  const RowTarget& row_;
  const std::string path_;
  std::vector<Detail> problems_;
};

}  // namespace

base::Status StoreJsonRow(const RowLayout& layout, const RowTarget& row, const json::Json& value,
                          std::string_view path) {
  RowFiller filler(layout, row, path);
  filler.FillRow(value);
  return std::move(filler).Finish();
}

}  // namespace moorage::rows
