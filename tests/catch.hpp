// The one include of Catch2 (2.13, as Debian 12 has it; version 3 has other headers).
#pragma once

#include <catch2/catch.hpp>
