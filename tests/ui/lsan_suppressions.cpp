// Fontconfig keeps its settings until the process ends; nothing of ours hangs on them.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
