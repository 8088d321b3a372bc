#include "edge/inference/simple/feature_decoder.h"

#include <utility>

#include "foundation/base/ascii.h"

namespace moorage::inference {

namespace {

using base::Code;
using base::Detail;
using base::Error;
using base::Status;
using rows::Problem;

// Features of a row whose memory needs no look at the text, 128 KiB if all are strings.
constexpr std::size_t kSmallRow = 4096;

std::string Index(std::size_t i) { return "[" + std::to_string(i) + "]"; }

std::string CountFeatures(const rows::RowLayout& layout) {
  return std::to_string(layout.features()) + (layout.features() == 1 ? " feature" : " features");
}

// Reads one scalar and stores it. A value that is no scalar is skipped.
Problem StoreScalar(json::JsonCursor& json, const rows::RowLayout& layout,
                    const rows::RowTarget& row, std::size_t feature) {
  switch (json.Peek()) {
    case json::JsonCursor::Type::kNumber: {
      const json::JsonNumber number = json.ReadNumber();
      switch (number.kind) {
        case json::JsonNumber::Kind::kInteger:
          return layout.StoreInteger(row, feature, number.integer);
        case json::JsonNumber::Kind::kUnsigned:
          return layout.StoreUnsigned(row, feature, number.unsigned_integer);
        case json::JsonNumber::Kind::kDouble:
          return layout.StoreDouble(row, feature, number.real);
        case json::JsonNumber::Kind::kTooLarge:
          return rows::kNumberOutOfRange;
      }
      return rows::kNumberOutOfRange;
    }
    case json::JsonCursor::Type::kString: {
      std::string_view text;
      return json.ReadString(text) ? layout.StoreString(row, feature, text) : nullptr;
    }
    case json::JsonCursor::Type::kBoolean:
      return layout.StoreBool(row, feature, json.ReadBoolean());
    case json::JsonCursor::Type::kNull:
      json.ReadNull();
      return layout.StoreNull(row, feature);
    default:
      json.Skip();
      return "neither a number, a string, a boolean nor null";
  }
}

}  // namespace

// The state of decoding one body.
struct FeatureDecoder::Call {
  json::JsonCursor json;
  const rows::RowLayout& layout;
  RowSink& sink;
  std::string_view member;  // "features" or "instances"
  bool many = false;
  std::size_t rows = 0;
  std::vector<Detail> problems = {};
  rows::RowTarget place = {};  // of the last row
  Status stopped = {};         // the sink had no room

  // The path of the row being read, "features" or "instances[2]".
  std::string RowPath() const {
    return many ? std::string(member) + Index(rows) : std::string(member);
  }
  void Report(std::string path, std::string problem) {
    if (json.failed()) return;  // the mistake in the text explains it
    if (problems.size() < base::kMaxDetails)
      problems.push_back({std::move(path), std::move(problem)});
  }
  // False after a mistake in the text, and once there are as many problems as an error holds. What
  // is behind them is not looked for, because each costs time and the answer would not show it.
  bool GoesOn() const { return !json.failed() && problems.size() < base::kMaxDetails; }
};

Status FeatureDecoder::DecodeOne(std::string_view body, const rows::RowLayout& layout,
                                 RowSink& sink) {
  return Decode(body, layout, sink, "features");
}

Status FeatureDecoder::DecodeMany(std::string_view body, const rows::RowLayout& layout,
                                  RowSink& sink) {
  return Decode(body, layout, sink, "instances");
}

Status FeatureDecoder::Decode(std::string_view body, const rows::RowLayout& layout, RowSink& sink,
                              std::string_view member) {
  Call call{.json = json::JsonCursor(body), .layout = layout, .sink = sink, .member = member};
  call.many = member == "instances";
  if (body.empty()) {
    return Error{Code::kInvalid,
                 "the body is empty: expected {\"" + std::string(member) + "\": …}"};
  }
  // The v2 form takes a bare array of rows too.
  if (call.many && call.json.Peek() == json::JsonCursor::Type::kArray) {
    ReadRows(call);
    return Finish(call);
  }
  if (call.json.Peek() != json::JsonCursor::Type::kObject && !call.json.failed()) {
    call.json.Skip();
    call.Report("", "expected an object {\"" + std::string(member) + "\": …}");
    return Finish(call);
  }
  bool found = false;
  std::string_view name;
  call.json.BeginObject();
  while (call.GoesOn() && call.json.NextMember(name)) {
    if (name != member) {
      call.Report(base::Excerpt(name), "unknown member; expected \"" + std::string(member) + "\"");
      call.json.Skip();
    } else if (found) {
      call.Report(base::Excerpt(name), "given twice");
      call.json.Skip();
    } else {
      found = true;
      if (!(call.many ? ReadRows(call) : ReadRow(call))) break;
    }
  }
  if (!found) call.Report(std::string(member), "missing");
  return Finish(call);
}

Status FeatureDecoder::Finish(Call& call) {
  // The body was not read to its end, so nothing else can be judged.
  if (!call.stopped.ok()) return std::move(call.stopped);
  // AtEnd() also finds text behind the value, so it is asked before failed().
  const bool whole = call.GoesOn();
  if (whole && call.json.AtEnd() && call.problems.empty()) return {};
  if (call.json.failed()) {
    std::string place = "byte " + std::to_string(call.json.position());
    std::string problem = call.json.problem();
    return Error{Code::kInvalid,
                 "the body is not valid JSON: " + problem + " at " + place,
                 {{std::move(place), std::move(problem)}}};
  }
  const Detail& first = call.problems.front();
  std::string message = first.path.empty() ? first.problem : first.path + ": " + first.problem;
  if (const std::size_t more = call.problems.size() - 1; more > 0) {
    message += std::string(whole ? " (and " : " (and at least ") + std::to_string(more) +
               (more > 1 ? " more problems)" : " more problem)");
  }
  const auto remedy = rows::RemedyOf(first.problem);
  return Error{.code = Code::kInvalid,
               .message = std::move(message),
               .details = std::move(call.problems),
               .remedy = remedy};
}

bool FeatureDecoder::ReadRows(Call& call) {
  if (call.json.Peek() != json::JsonCursor::Type::kArray) {
    call.json.Skip();
    call.Report(std::string(call.member), "must be an array of rows");
    return true;
  }
  call.json.BeginArray();
  while (call.json.NextElement()) {
    if (!ReadRow(call)) return false;
    ++call.rows;
  }
  if (call.rows == 0) call.Report(std::string(call.member), "must hold at least one row");
  return true;
}

bool FeatureDecoder::ReadRow(Call& call) {
  const json::JsonCursor::Type type = call.json.Peek();
  // A feature takes two bytes of text at least. A large row that the rest of the text cannot hold
  // takes no memory. A small one costs little, and then each of its mistakes is named.
  const std::size_t features = call.layout.features();
  if (features > kSmallRow && call.json.remaining() / 2 < features) return CountRow(call, type);
  // Behind the first problem no row will run, so one place serves all of them.
  if (call.problems.empty() || call.place.inputs.empty()) {
    auto row = call.sink.AddRow();
    if (!row.ok()) {
      call.stopped = std::move(row).error();
      return false;
    }
    call.place = *row;
  }
  if (!call.layout.nested_shape().empty()) {
    std::size_t next = 0;
    indices_.clear();
    return ReadNested(call, call.place, next);
  }
  if (type == json::JsonCursor::Type::kArray) return ReadArray(call, call.place);
  if (type == json::JsonCursor::Type::kObject) return ReadObject(call, call.place);
  return RefuseRow(call);
}

bool FeatureDecoder::RefuseRow(Call& call) {
  call.json.Skip();
  call.Report(call.RowPath(), "must be an array of " + CountFeatures(call.layout) +
                                  ", or an object by feature name");
  return call.GoesOn();
}

// The first of the rows has begun.
bool FeatureDecoder::RefuseRows(Call& call) {
  do {
    call.json.Skip();
  } while (call.json.NextElement());
  call.Report(call.RowPath(), rows::kRowOfRows);
  return call.GoesOn();
}

bool FeatureDecoder::CountRow(Call& call, json::JsonCursor::Type type) {
  json::JsonCursor& json = call.json;
  const auto nested = call.layout.nested_shape();
  std::size_t count = 0;
  if (type == json::JsonCursor::Type::kArray) {
    json.BeginArray();
    for (; json.NextElement(); ++count) json.Skip();
  } else if (type == json::JsonCursor::Type::kObject && nested.empty()) {
    std::string_view name;
    json.BeginObject();
    for (; json.NextMember(name); ++count) json.Skip();
  } else if (nested.empty()) {
    return RefuseRow(call);
  } else {
    json.Skip();
  }
  if (nested.empty()) {
    call.Report(call.RowPath(),
                "expected " + CountFeatures(call.layout) + ", got " + std::to_string(count));
  } else {
    call.Report(call.RowPath(), "must be nested arrays of shape " + model::FormatShape(nested));
  }
  return call.GoesOn();
}

bool FeatureDecoder::ReadArray(Call& call, const rows::RowTarget& row) {
  json::JsonCursor& json = call.json;
  const std::size_t features = call.layout.features();
  std::size_t count = 0;
  json.BeginArray();
  if (call.layout.all_fp32()) {
    // The fast path for the most common row. It stops at the first unusual value.
    auto* const floats = static_cast<float*>(static_cast<void*>(row.inputs.front().bytes));
    count = json.ReadShortFloats(floats, features);
  }
  while (call.GoesOn() && json.NextElement()) {
    if (count == 0 && json.Peek() == json::JsonCursor::Type::kArray) return RefuseRows(call);
    if (count >= features) {
      json.Skip();
    } else if (const Problem problem = StoreScalar(json, call.layout, row, count)) {
      call.Report(call.RowPath() + Index(count), problem);
    }
    ++count;
  }
  if (call.GoesOn() && count != features) {
    call.Report(call.RowPath(),
                "expected " + CountFeatures(call.layout) + ", got " + std::to_string(count));
  }
  return call.GoesOn();
}

bool FeatureDecoder::ReadObject(Call& call, const rows::RowTarget& row) {
  json::JsonCursor& json = call.json;
  const std::size_t features = call.layout.features();
  // A bit per feature. It finds a feature that is given twice without an allocation per row.
  seen_.assign((features + 63) / 64, 0);
  std::size_t count = 0;
  std::string_view name;
  json.BeginObject();
  while (call.GoesOn() && json.NextMember(name)) {
    const auto feature = call.layout.Find(name);
    if (!feature) {
      call.Report(call.RowPath() + "." + base::Excerpt(name), "not a feature of this model");
      json.Skip();
      continue;
    }
    const std::uint64_t bit = std::uint64_t{1} << (*feature % 64);
    if ((seen_[*feature / 64] & bit) != 0) {
      call.Report(call.RowPath() + "." + base::Excerpt(name), "given twice");
      json.Skip();
      continue;
    }
    seen_[*feature / 64] |= bit;
    ++count;
    if (const Problem problem = StoreScalar(json, call.layout, row, *feature)) {
      call.Report(call.RowPath() + "." + call.layout.names()[*feature], problem);
    }
  }
  for (std::size_t i = 0; call.GoesOn() && count < features && i < features; ++i) {
    if ((seen_[i / 64] >> (i % 64) & 1U) != 0) continue;
    call.Report(call.RowPath() + "." + call.layout.names()[i], "missing");
  }
  return call.GoesOn();
}

// `next` is the feature that comes next. indices_ is the path to the value being read.
// Recursive. The depth is that of the model's shape, so a client cannot make it deeper.
bool FeatureDecoder::ReadNested(Call& call, const rows::RowTarget& row, std::size_t& next) {
  json::JsonCursor& json = call.json;
  const auto shape = call.layout.nested_shape().subspan(indices_.size());
  const auto expected = static_cast<std::size_t>(shape.front());
  std::size_t inside = 1;  // features of one element of this level
  for (const std::int64_t size : shape.subspan(1)) inside *= static_cast<std::size_t>(size);
  const std::size_t end = next + expected * inside;
  const auto report = [&](std::string problem) {
    std::string path = call.RowPath();
    for (const std::size_t index : indices_) path += Index(index);
    call.Report(std::move(path), std::move(problem));
  };
  if (json.Peek() != json::JsonCursor::Type::kArray) {
    json.Skip();
    report("must be nested arrays of shape " + model::FormatShape(shape));
    next = end;
    return call.GoesOn();
  }
  std::size_t count = 0;
  json.BeginArray();
  while (call.GoesOn() && json.NextElement()) {
    if (count >= expected) {
      json.Skip();
    } else {
      indices_.push_back(count);
      if (shape.size() > 1) {
        ReadNested(call, row, next);
      } else if (const Problem problem = StoreScalar(json, call.layout, row, next++)) {
        report(problem);
      }
      indices_.pop_back();
    }
    ++count;
  }
  if (call.GoesOn() && count != expected) {
    report("expected " + std::to_string(expected) + " elements, got " + std::to_string(count));
  }
  next = end;
  return call.GoesOn();
}

}  // namespace moorage::inference
