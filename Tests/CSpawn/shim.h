#include <spawn.h>

// Of the C library (glibc 2.29 and 2.34), which declares them under _GNU_SOURCE alone.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
