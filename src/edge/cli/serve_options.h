#pragma once

#include <optional>
#include <string>
#include <vector>

namespace moorage::cli {

// What the command line of `serve` says beyond the configuration.
struct ServeOptions {
  struct ModelFile {
    std::string path;
    std::string name;  // empty: from the metadata or the file's name
  };
  std::vector<ModelFile> models;  // empty: serve the registry
  enum class Exposure : unsigned char { kLoopbackOnly, kInsecure };
  Exposure exposure = Exposure::kLoopbackOnly;  // kInsecure: without authentication on any address
};

}  // namespace moorage::cli
