#pragma once

#include <optional>
#include <string>
#include <vector>

namespace moorage::cli {

// What the command line of `serve` adds to the configuration.
struct ServeOptions {
  struct ModelFile {
    std::string path;
    std::string name;  // empty means that of the metadata, or of the file
  };
  std::vector<ModelFile> models;  // empty means to serve the registry
  enum class Exposure : unsigned char { kLoopbackOnly, kInsecure };
  Exposure exposure = Exposure::kLoopbackOnly;
};

}  // namespace moorage::cli
