/* The door for decoders of the photo on an identity card (WLT). No open decoder is known; whoever has the right to
 * use one builds a shared library with this one function and names it in kiosk.conf:
 *   photo_decoder = /usr/lib/bianmin/photo-decoder.so
 * Plain C; may be copied into any plug-in. The plug-in runs inside the terminal's process: it may not start threads,
 * write files, keep the photo, or print. */
#ifndef BIANMIN_PHOTO_PLUGIN_H
#define BIANMIN_PHOTO_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BIANMIN_PHOTO_PLUGIN_VERSION 1u
#define BIANMIN_PHOTO_RAW_BYTES 1024u   /* as the card holds it */
#define BIANMIN_PHOTO_WIDTH 102u        /* pixels */
#define BIANMIN_PHOTO_HEIGHT 126u
#define BIANMIN_PHOTO_PIXEL_BYTES 38556u /* width * height * 3 */

struct bianmin_photo_plugin {
  uint32_t version; /* BIANMIN_PHOTO_PLUGIN_VERSION */
  /* Reads RAW_BYTES and writes PIXEL_BYTES: blue, green, red, row by row from the top. 0: done; any other number is
   * the plug-in's own error. Called from one thread. Takes at most some hundred ms. */
  int (*decode)(const uint8_t *raw, uint8_t *pixels);
};

/* Static; never null in a plug-in that works. */
const struct bianmin_photo_plugin *bianmin_get_photo_plugin(void);

#ifdef __cplusplus
}
#endif

#endif
