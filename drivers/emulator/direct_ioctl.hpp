// The program that links direct_ioctl.cpp answers usbfs ioctls itself (Adapter::direct).
#pragma once

namespace bianmin::emulator {

class Testbed;

// The testbed that ioctl() of this process asks; null: none. An interposed C function has nowhere else to
// keep it.
void set_direct_testbed(Testbed* testbed);

// Made by direct_ioctl.cpp; null in programs without it.
using DirectHook = void (*)(Testbed*);
extern DirectHook direct_hook;

}  // namespace bianmin::emulator
