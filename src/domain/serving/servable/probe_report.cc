#include "domain/serving/servable/probe_report.h"

#include <array>
#include <utility>

#include "foundation/json/json_reader.h"

namespace moorage::servable {
namespace {

using base::Result;
using base::Status;
using json::Json;
using json::JsonReader;

constexpr std::int64_t kFormat = 2;
// A measured time is stored in nanoseconds. A day is more than any trial may take.
constexpr std::int64_t kLongest = 86'400'000'000'000;

constexpr std::array kEnds = {ProbeEnd::kFinished, ProbeEnd::kSignal, ProbeEnd::kMemory,
                              ProbeEnd::kProcessorTime};
constexpr std::array kSharings = {RowSharing::kProved, RowSharing::kForbidden, RowSharing::kFixed,
                                  RowSharing::kRefuted, RowSharing::kUnproved};

// One of the names of `values`.
template <typename T, std::size_t N>
Result<T> ReadName(const JsonReader& reader, std::string_view key, const std::array<T, N>& values) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(const std::string text, member.String());
  for (const T value : values) {
    if (Name(value) == text) return value;
  }
  return member.Problem("is no word of this format");
}

Status ReadText(const JsonReader& reader, std::string_view key, std::string& text) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(text, member.String());
  return {};
}

Status ReadFlag(const JsonReader& reader, std::string_view key, bool& flag) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(flag, member.Bool());
  return {};
}

Status ReadNumber(const JsonReader& reader, std::string_view key, double& number) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(number, member.Number());
  return {};
}

template <typename T>
Status ReadCount(const JsonReader& reader, std::string_view key, T& count) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(const std::int64_t number, member.Integer(0, INT64_MAX));
  count = static_cast<T>(number);
  return {};
}

Status ReadTime(const JsonReader& reader, std::string_view key, base::Duration& time) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(const std::int64_t number, member.Integer(0, kLongest));
  time = base::Duration(number);
  return {};
}

Result<RowProof> ReadProof(const JsonReader& reader) {
  RETURN_IF_ERROR(
      reader.OnlyMembers({"rows", "batch_sizes", "relative", "absolute", "worst", "exact"}));
  RowProof proof;
  RETURN_IF_ERROR(ReadCount(reader, "rows", proof.rows));
  ASSIGN_OR_RETURN(const JsonReader sizes, reader.Member("batch_sizes"));
  ASSIGN_OR_RETURN(const std::vector<JsonReader> items, sizes.Items());
  for (const JsonReader& item : items) {
    ASSIGN_OR_RETURN(const std::int64_t size, item.Integer(1, INT64_MAX));
    proof.batch_sizes.push_back(static_cast<std::size_t>(size));
  }
  RETURN_IF_ERROR(ReadNumber(reader, "relative", proof.relative));
  RETURN_IF_ERROR(ReadNumber(reader, "absolute", proof.absolute));
  RETURN_IF_ERROR(ReadNumber(reader, "worst", proof.worst));
  RETURN_IF_ERROR(ReadFlag(reader, "exact", proof.exact));
  return proof;
}

Result<CostPoint> ReadCost(const JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"rows", "elements", "ns"}));
  CostPoint point;
  RETURN_IF_ERROR(ReadCount(reader, "rows", point.rows));
  RETURN_IF_ERROR(ReadCount(reader, "elements", point.elements));
  RETURN_IF_ERROR(ReadTime(reader, "ns", point.time));
  return point;
}

Result<OutputRange> ReadRange(const JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"name", "lowest", "highest", "lowest_sum", "highest_sum"}));
  OutputRange range;
  RETURN_IF_ERROR(ReadText(reader, "name", range.name));
  RETURN_IF_ERROR(ReadNumber(reader, "lowest", range.lowest));
  RETURN_IF_ERROR(ReadNumber(reader, "highest", range.highest));
  RETURN_IF_ERROR(ReadNumber(reader, "lowest_sum", range.lowest_sum));
  RETURN_IF_ERROR(ReadNumber(reader, "highest_sum", range.highest_sum));
  return range;
}

// The elements of a list, each read by `read`.
template <typename T>
Status ReadList(const JsonReader& reader, std::string_view key,
                Result<T> (*read)(const JsonReader&), std::vector<T>& list) {
  ASSIGN_OR_RETURN(const JsonReader member, reader.Member(key));
  ASSIGN_OR_RETURN(const std::vector<JsonReader> items, member.Items());
  for (const JsonReader& item : items) {
    ASSIGN_OR_RETURN(T value, read(item));
    list.push_back(std::move(value));
  }
  return {};
}

Result<std::string> ReadReason(const JsonReader& reader) { return reader.String(); }

Json ProofToJson(const RowProof& proof) {
  return {{"rows", proof.rows},         {"batch_sizes", proof.batch_sizes},
          {"relative", proof.relative}, {"absolute", proof.absolute},
          {"worst", proof.worst},       {"exact", proof.exact}};
}

Status ReadRuns(const JsonReader& reader, ProbeReport& report) {
  ASSIGN_OR_RETURN(report.sharing, ReadName(reader, "sharing", kSharings));
  RETURN_IF_ERROR(ReadText(reader, "sharing_detail", report.sharing_detail));
  ASSIGN_OR_RETURN(const JsonReader proof, reader.Member("proof"));
  ASSIGN_OR_RETURN(report.proof, ReadProof(proof));
  RETURN_IF_ERROR(ReadFlag(reader, "deterministic", report.deterministic));
  return ReadFlag(reader, "finite", report.finite);
}

Status ReadCosts(const JsonReader& reader, ProbeReport& report) {
  RETURN_IF_ERROR(ReadTime(reader, "fixed_ns", report.cost.fixed));
  RETURN_IF_ERROR(ReadTime(reader, "row_ns", report.cost.per_row));
  RETURN_IF_ERROR(ReadList(reader, "costs", &ReadCost, report.costs));
  RETURN_IF_ERROR(ReadList(reader, "data_dependent", &ReadReason, report.data_dependent));
  RETURN_IF_ERROR(ReadCount(reader, "peak_memory", report.peak_memory));
  return ReadCount(reader, "output_row", report.output_row);
}

}  // namespace

std::string_view Name(ProbeEnd end) {
  constexpr std::array<std::string_view, kEnds.size()> kNames = {"finished", "signal", "memory",
                                                                 "processor_time"};
  return kNames[static_cast<std::size_t>(end)];
}

std::string_view Name(RowSharing sharing) {
  constexpr std::array<std::string_view, kSharings.size()> kNames = {"proved", "forbidden", "fixed",
                                                                     "refuted", "unproved"};
  return kNames[static_cast<std::size_t>(sharing)];
}

base::Error QuarantineError(const ProbeReport& report) {
  std::string message = "its trial " + report.end_detail +
                        ", so it is not run in the server; correct the graph, and push it again";
  return {base::Code::kInvalid, std::move(message), {}, "model_quarantined"};
}

Json ToJson(const ProbeReport& report) {
  Json json = Json::object();
  json["format"] = kFormat;
  json["end"] = Name(report.end);
  json["end_detail"] = report.end_detail;
  json["batch_size"] = report.batch_size;
  json["sharing"] = Name(report.sharing);
  json["sharing_detail"] = report.sharing_detail;
  json["proof"] = ProofToJson(report.proof);
  json["deterministic"] = report.deterministic;
  json["finite"] = report.finite;
  json["fixed_ns"] = report.cost.fixed.count();
  json["row_ns"] = report.cost.per_row.count();
  json["costs"] = Json::array();
  for (const CostPoint& point : report.costs) {
    json["costs"].push_back(
        {{"rows", point.rows}, {"elements", point.elements}, {"ns", point.time.count()}});
  }
  json["data_dependent"] = report.data_dependent;
  json["peak_memory"] = report.peak_memory;
  json["output_row"] = report.output_row;
  json["outputs"] = Json::array();
  for (const OutputRange& range : report.outputs) {
    json["outputs"].push_back({{"name", range.name},
                               {"lowest", range.lowest},
                               {"highest", range.highest},
                               {"lowest_sum", range.lowest_sum},
                               {"highest_sum", range.highest_sum}});
  }
  json["findings"] = Json::array();
  for (const ProbeFinding& finding : report.findings) json["findings"].push_back(ToJson(finding));
  json["note"] = report.note;
  return json;
}

Result<ProbeReport> ProbeReportFromJson(const Json& json) {
  const JsonReader reader(json);
  RETURN_IF_ERROR(reader.OnlyMembers({"format", "end", "end_detail", "batch_size", "sharing",
                                      "sharing_detail", "proof", "deterministic", "finite",
                                      "fixed_ns", "row_ns", "costs", "data_dependent",
                                      "peak_memory", "output_row", "outputs", "findings", "note"}));
  ASSIGN_OR_RETURN(const JsonReader format, reader.Member("format"));
  RETURN_IF_ERROR(format.Integer(kFormat, kFormat));
  ProbeReport report;
  ASSIGN_OR_RETURN(report.end, ReadName(reader, "end", kEnds));
  RETURN_IF_ERROR(ReadText(reader, "end_detail", report.end_detail));
  RETURN_IF_ERROR(ReadCount(reader, "batch_size", report.batch_size));
  RETURN_IF_ERROR(ReadRuns(reader, report));
  RETURN_IF_ERROR(ReadCosts(reader, report));
  RETURN_IF_ERROR(ReadList(reader, "outputs", &ReadRange, report.outputs));
  RETURN_IF_ERROR(ReadList(reader, "findings", &ReadFinding, report.findings));
  RETURN_IF_ERROR(ReadText(reader, "note", report.note));
  return report;
}

}  // namespace moorage::servable
