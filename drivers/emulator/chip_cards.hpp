// The smart cards that a person can put into the emulated reader by name.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

// A fresh card: "echo" (EchoCard over T=1), "echo-t0" (over T=0), "social" (SocialCardModel). Null: no such
// name.
std::shared_ptr<CardModel> chip_card(std::string_view name);

// How names become cards; programs of tests know more of them.
using ChipCards = std::function<std::shared_ptr<CardModel>(std::string_view name)>;

constexpr std::string_view chip_card_names = "echo, echo-t0, social";

}  // namespace bianmin::emulator
