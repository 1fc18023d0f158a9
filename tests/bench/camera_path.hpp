// From the picture in front of a camera to the told code: how many frames a second are taken and looked at,
// and how long after a frame's last packet its code is told.
#pragma once

#include "drivers/emulator/testbed.hpp"

namespace bianmin::bench {

// Prints rows. `times`: codes told for each kind of camera.
void measure_cameras(emulator::Testbed& testbed, int times);

}  // namespace bianmin::bench
