// The page that staff print to see what a receipt printer can do.
#pragma once

#include <string>

#include "drivers/printer/document.hpp"

namespace bianmin::kioskctl {

// Each line says what is to be seen on it. `stamp`: when it is printed.
printer::Document print_test_page(const std::string& stamp);

}  // namespace bianmin::kioskctl
