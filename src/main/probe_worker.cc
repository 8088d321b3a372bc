#include "main/probe_worker.h"

#include <iostream>

namespace moorage::main {

int RunProbeWorker() {
  std::cerr << "probe-worker: this build has no trial of models\n";
  return 1;
}

}  // namespace moorage::main
