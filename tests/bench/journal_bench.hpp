// What the parts of the journal's bench share.
#pragma once

#include <string>

#include "tests/bench/bench_terminal.hpp"

namespace bianmin::bench {

void measure_queues(bool quick);    // enqueueing with an empty, a long and a very long queue
void measure_delivery(bool quick);  // from the terminal to the hub, and back
void measure_kills(bool quick);     // what was acknowledged and is lost after SIGKILL

}  // namespace bianmin::bench
