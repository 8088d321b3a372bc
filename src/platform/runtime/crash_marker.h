#pragma once

// Remembers over the end of a process which model ended it. The server sets the marker when it
// starts. The handler of run_guard.h writes the digest of the model, and the next start reads it.
//
//   const auto digest = ReadCrashMarker(path);  // quarantine it
//   RETURN_IF_ERROR(SetCrashMarker(path));

#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/model/names.h"

namespace moorage::runtime {

// The name of the file, beside the registry.
inline constexpr std::string_view kCrashMarkerFile = "crashed-model";

// Returns the model that ended the last process that had set this marker, once. Returns nothing if
// it ended otherwise, or if the file holds no digest.
std::optional<model::Digest> ReadCrashMarker(const std::string& path);

// Opens the file, so that the handler need only write. Servers of one machine may share it. Once a
// process; a second call takes the marker's place.
base::Status SetCrashMarker(const std::string& path);

// For a signal handler. Writes nothing if no marker is set or the digest is empty.
void WriteCrashMarker(std::string_view digest);

}  // namespace moorage::runtime
