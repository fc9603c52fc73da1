/*
 * A server that answers each request with 1 KiB after 100 ms, faster than any client here: nginx cannot wait, and
 * a server in JavaScript would be what is measured. Prints its port, and ends with its stdin.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 65536
#define DELAY_MS 100
#define BODY_BYTES 1024

/* All wait equally long, so the first to come is the first to be answered. */
typedef struct {
  int fd;
  uint32_t generation;
  int64_t due;
} Waiting;

static Waiting queue[MOST_FILES];
static uint32_t head, tail, generations[MOST_FILES];

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int main(void) {
  static char answer[BODY_BYTES + 256];
  int answer_bytes = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", BODY_BYTES);
  memset(answer + answer_bytes, 'a', BODY_BYTES);
  answer_bytes += BODY_BYTES;

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 8192) ||
      getsockname(listener, (void *)&address, &length))
    return 1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[1024];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = STDIN_FILENO;
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  for (;;) {
    int64_t wait = head == tail ? -1 : queue[head % MOST_FILES].due - now();
    int count = epoll_wait(epoll, events, 1024, head != tail && wait < 0 ? 0 : (int)wait);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      char request[8192];
      if (fd == STDIN_FILENO) return 0;
      if (fd == listener) {
        int one = 1, client;
        while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          if (client >= MOST_FILES) return 1;
          setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          event.data.fd = client;
          epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
        }
        continue;
      }
      ssize_t got = read(fd, request, sizeof request);
      if (got <= 0) {
        generations[fd]++;
        close(fd);
        continue;
      }
      /* A request of a benchmark arrives in one piece. */
      if (got >= 4 && memcmp(request + got - 4, "\r\n\r\n", 4) == 0)
        queue[tail++ % MOST_FILES] = (Waiting){fd, generations[fd], now() + DELAY_MS};
    }
    for (int64_t time = now(); head != tail && queue[head % MOST_FILES].due <= time; head++) {
      Waiting *first = &queue[head % MOST_FILES];
      if (first->generation == generations[first->fd] && write(first->fd, answer, answer_bytes) != answer_bytes)
        return 1;
    }
  }
}
