#include "terminal/session/cabinet.hpp"

namespace bianmin::session {

namespace {

ui::Key screen_key(pad::PadKey key) {
  switch (key) {
    case pad::PadKey::previous:
      return ui::Key::previous;
    case pad::PadKey::next:
      return ui::Key::next;
    case pad::PadKey::confirm:
      return ui::Key::confirm;
    case pad::PadKey::back:
      return ui::Key::back;
    case pad::PadKey::help:
      break;
  }
  return ui::Key::help;
}

}  // namespace

Cabinet::Cabinet(const CabinetParts& parts, ui::Screen& screen) : parts_(parts) {
  if (parts_.keys != nullptr)
    parts_.keys->listen([&screen](pad::PadKey key) { screen.key(screen_key(key)); });
}

void Cabinet::guide(const Guide& guide) {
  if (parts_.lights == nullptr || guide == shown_) return;
  shown_ = guide;
  for (const cabinet::LightPlace place : cabinet::all_light_places) {
    const auto lit = guide.find(place);
    parts_.lights->set(place, lit == guide.end() ? cabinet::Light::off : lit->second);
  }
}

void Cabinet::watch_headset(const std::function<void(bool in)>& changed) {
  if (parts_.headset == nullptr) return;
  parts_.headset->watch_headset(changed);
  if (parts_.headset->headset_in()) changed(true);
}

Cabinet::~Cabinet() {
  if (parts_.headset != nullptr) parts_.headset->watch_headset(nullptr);
  guide({});
  if (parts_.keys != nullptr) parts_.keys->listen(nullptr);
}

}  // namespace bianmin::session
