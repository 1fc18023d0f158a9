#include "tests/bench/hub_bench.hpp"

#include <csignal>

int main(int argc, char** argv) {
  using namespace bianmin::bench;
  std::signal(SIGPIPE, SIG_IGN);
  const bool quick = has_flag(argc, argv, "--quick");
  if (!has_flag(argc, argv, "--wire")) measure_ingest(quick);
  measure_wire(quick);
  return 0;
}
