#include "drivers/emulator/chip_cards.hpp"

#include "drivers/emulator/echo_card.hpp"
#include "drivers/emulator/social_card_model.hpp"

namespace bianmin::emulator {

std::shared_ptr<CardModel> chip_card(std::string_view name) {
  constexpr std::uint8_t ifsc = 254;
  if (name == "echo") return std::make_shared<EchoCard>(atr_of_t1(ifsc, false));
  if (name == "echo-t0") return std::make_shared<EchoCard>(atr_of_t0());
  if (name == "social") return std::make_shared<SocialCardModel>();
  return nullptr;
}

}  // namespace bianmin::emulator
