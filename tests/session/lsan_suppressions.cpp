// Fontconfig keeps its settings until the process ends, and Cairo 1.16 loses 768 bytes for each face of a CFF
// font that it puts into a PDF.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\nleak:libcairo\n"; }
