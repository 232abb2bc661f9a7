/* zlib, seen from Swift, which imports all that is used of it by itself. */
#include <zlib.h>
