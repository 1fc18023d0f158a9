#include "tests/bench/hub_bench.hpp"

#include <algorithm>
#include <csignal>

int main(int argc, char** argv) {
  using namespace bianmin::bench;
  std::signal(SIGPIPE, SIG_IGN);
  const bool quick = has_flag(argc, argv, "--quick");
  constexpr std::string_view parts[] = {"--ingest", "--uploads", "--wire", "--swarm"};
  const auto wanted = [&](std::string_view part) {
    return has_flag(argc, argv, part) ||
           std::ranges::none_of(parts, [&](std::string_view one) { return has_flag(argc, argv, one); });
  };
  if (wanted("--ingest")) measure_ingest(quick);
  if (wanted("--uploads")) measure_uploads(quick);
  if (wanted("--wire")) measure_wire(quick);
  if (wanted("--swarm")) measure_swarm(quick);
  return 0;
}
