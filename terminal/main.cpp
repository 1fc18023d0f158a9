#include "terminal/terminal_app.hpp"

int main(int argc, char** argv) { return bianmin::terminal_main(argc, argv); }
