/* A plug-in for tests: the picture is the raw photo's bytes repeated. Built in several ways, most of them wrong. */
#include "drivers/card/photo_plugin.h"

#include <stddef.h>

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION BIANMIN_PHOTO_PLUGIN_VERSION
#endif
#ifndef PLUGIN_ERROR
#define PLUGIN_ERROR 0
#endif
#ifndef PLUGIN_WRITES
#define PLUGIN_WRITES BIANMIN_PHOTO_PIXEL_BYTES
#endif

static int decode(const uint8_t *raw, uint8_t *pixels) {
  for (size_t i = 0; i < PLUGIN_WRITES; ++i) pixels[i] = raw[i % BIANMIN_PHOTO_RAW_BYTES];
  return PLUGIN_ERROR;
}

const struct bianmin_photo_plugin *bianmin_get_photo_plugin(void) {
#ifdef PLUGIN_NULL
  (void)decode;
  return NULL;
#else
  static const struct bianmin_photo_plugin plugin = {PLUGIN_VERSION, decode};
  return &plugin;
#endif
}
