#include "tests/bench/hub_bench.hpp"

#include <algorithm>
#include <csignal>

int main(int argc, char** argv) {
  using namespace bianmin::bench;
  constexpr std::pair<std::string_view, void (*)(bool)> parts[] = {{"--ingest", measure_ingest},
                                                                   {"--growth", measure_growth},
                                                                   {"--uploads", measure_uploads},
                                                                   {"--wire", measure_wire},
                                                                   {"--swarm", measure_swarm}};
  std::signal(SIGPIPE, SIG_IGN);
  const auto named = [&](const auto& part) { return has_flag(argc, argv, part.first); };
  const bool some = std::ranges::any_of(parts, named);
  for (const auto& part : parts) {
    if (!some || named(part)) part.second(has_flag(argc, argv, "--quick"));
  }
  return 0;
}
