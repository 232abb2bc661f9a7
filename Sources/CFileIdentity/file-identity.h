// Which file lies at a path: its inode, and when it was made. Foundation's creation date is the last change on Linux, and
// glibc's statx is hidden from Swift.
#pragma once
#include <linux/stat.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Returns 0, and where the file system does not know when a file was made, `made` as 0.
static inline int file_identity(const char *path, unsigned long long *inode, long long *made) {
    struct statx status;
    memset(&status, 0, sizeof status);
    if (syscall(SYS_statx, -100 /* AT_FDCWD */, path, 0, STATX_INO | STATX_BTIME, &status) != 0) return -1;
    *inode = status.stx_ino;
    *made = status.stx_mask & STATX_BTIME ? status.stx_btime.tv_sec * 1000000000LL + status.stx_btime.tv_nsec : 0;
    return 0;
}
