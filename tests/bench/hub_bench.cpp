#include "tests/bench/hub_bench.hpp"

#include <csignal>

int main(int argc, char** argv) {
  using namespace bianmin::bench;
  std::signal(SIGPIPE, SIG_IGN);
  const bool quick = has_flag(argc, argv, "--quick");
  const auto wanted = [&](std::string_view part) {
    return has_flag(argc, argv, part) || !(has_flag(argc, argv, "--ingest") ||
                                           has_flag(argc, argv, "--wire") || has_flag(argc, argv, "--swarm"));
  };
  if (wanted("--ingest")) measure_ingest(quick);
  if (wanted("--wire")) measure_wire(quick);
  if (wanted("--swarm")) measure_swarm(quick);
  return 0;
}
