/*
 * Runs a program and writes what it took to a file: seconds, seconds of CPU in the process and in the kernel,
 * the peak of its memory in KiB, its exit code. Small itself, because a new process counts the memory of the
 * one that it was made from.
 *
 *   timed FILE PROGRAM [ARGUMENT...]
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  double start = now();
  pid_t child = vfork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
  double took = now() - start;
  FILE *file = fopen(argv[1], "w");
  if (!file) return 1;
  fprintf(file, "%f %f %f %ld %d\n", took, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return fclose(file) == 0 ? 0 : 1;
}
