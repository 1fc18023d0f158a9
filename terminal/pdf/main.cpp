// kiosk-pdf: draws one PDF for who has started it (pdf_words.hpp), confined, and ends.
#include <unistd.h>

#include <array>
#include <cstdio>

#include "terminal/base/child_line.hpp"
#include "terminal/pdf/page_drawing.hpp"
#include "terminal/pdf/renderer_confinement.hpp"

namespace {

using namespace bianmin;
using namespace bianmin::pdf;

constexpr int exit_done = 0;
constexpr int exit_usage = 2;
constexpr int exit_not_confined = 3;

bool say(Verdict verdict) { return write_whole(std::array{static_cast<std::uint8_t>(verdict)}); }

void serve() {
  std::array<std::uint8_t, 8> head;
  if (!read_whole(head)) return;
  ByteReader reader(head);
  const bool ours = reader.u32_be() == request_magic;
  const std::size_t size = reader.u32_be();
  if (!ours || size == 0 || size > file_size_max) return;
  Bytes file(size);
  if (!read_whole(file)) return;
  PageDrawing drawing(file);
  const auto look = drawing.look();
  if (!say(look.verdict) || look.verdict != Verdict::good) return;
  if (!write_whole(std::array{static_cast<std::uint8_t>(look.page_count)})) return;
  for (std::size_t page = 0; page < look.page_count; ++page) {
    const auto rows = drawing.draw(page);
    // The other end counts rows: a page that cannot be drawn is white, and the last word says so.
    if (!write_whole(rows ? ByteView(*rows) : ByteView(Bytes(page_byte_count, 0)))) return;
    if (rows) continue;
    for (std::size_t rest = page + 1; rest < look.page_count; ++rest) {
      if (!write_whole(Bytes(page_byte_count, 0))) return;
    }
    (void)say(Verdict::broken);
    return;
  }
  (void)say(drawing.verdict());
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    std::puts(
        "kiosk-pdf: draws a PDF for the program that starts it, over its stdin. Nothing to be called by "
        "hand.");
    return exit_usage;
  }
  if (!confine_renderer()) return exit_not_confined;
  serve();
  ::_exit(exit_done);  // nothing to tidy up that is worth what a damaged heap may do
}
