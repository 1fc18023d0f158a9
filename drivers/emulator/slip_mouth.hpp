// The presenter of a kiosk printer: holds what was cut until somebody takes it, or it is taken in. Written
// from Pyramid's command set of the Reliance (GS e; DLE EOT 20).
#pragma once

#include <utility>

#include "terminal/base/bytes.hpp"

namespace bianmin::emulator {

class SlipMouth {
 public:
  static bool is_command(ByteView command);
  void obey(ByteView command);
  void cut();  // a piece came off the roll: it pushes out what is still there
  void take() { taken_count_ += std::exchange(place_, Place::nowhere) == Place::mouth ? 1 : 0; }  // a person
  void take_at_request(int count) { taken_at_ = count; }  // of the status: just then

  // Paper status and cover, as DLE EOT 20 tells them.
  Bytes full_status(bool paper, bool paper_low, bool cover_open);
  // It answers no more, as a printer whose sensor is broken.
  void set_silent(bool silent) { silent_ = silent; }
  void set_stuck(bool stuck) { stuck_ = stuck; }  // the motor does not take in

  bool holds() const { return place_ == Place::mouth; }
  int taken_count() const { return taken_count_; }
  int retracted_count() const { return retracted_count_; }
  int fallen_count() const { return fallen_count_; }  // pushed or thrown out

 private:
  enum class Place { nowhere, inside, mouth };
  Place place_ = Place::nowhere;
  bool silent_ = false;
  bool stuck_ = false;
  int taken_at_ = 0;
  int taken_count_ = 0;
  int retracted_count_ = 0;
  int fallen_count_ = 0;
};

}  // namespace bianmin::emulator
