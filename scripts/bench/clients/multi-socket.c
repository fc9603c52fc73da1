/*
 * The best that libcurl can do: one process, curl_multi_socket_action on epoll, reused handles, bodies copied
 * once. Contains no JavaScript. Reads a round's milliseconds from each line of stdin and answers with a line
 * of JSON.
 *
 *   multi-socket URLS IN_FLIGHT BODY_BYTES CA_FILE POST_BODY FLAGS
 *
 * FLAGS: g gzip, o own options, f retry after a 503.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  CURL *easy;
  char *body;
  size_t length, size;
  double started;
  struct curl_slist *headers;
} Slot;

static CURLM *multi;
static int epoll_fd, in_flight, live, timeout_ms = -1, own_options, gzip, flaky;
static char **urls, *ca_file, *post_body;
static size_t url_count, next_url, body_bytes;
static double deadline;
static double *latencies;
static size_t requests, failures, capacity;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static size_t on_write(char *data, size_t size, size_t count, void *user) {
  Slot *slot = user;
  size_t length = size * count;
  if (slot->length + length > slot->size) {
    slot->size = (slot->length + length) * 2;
    slot->body = realloc(slot->body, slot->size);
  }
  memcpy(slot->body + slot->length, data, length);
  slot->length += length;
  return length;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known) {
  struct epoll_event event = {0};
  (void)easy, (void)user;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    curl_multi_assign(multi, fd, NULL);
    return 0;
  }
  event.data.fd = fd;
  event.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
  epoll_ctl(epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  if (!known) curl_multi_assign(multi, fd, &multi);
  return 0;
}

static int on_timer(CURLM *m, long ms, void *user) {
  (void)m, (void)user;
  timeout_ms = (int)ms;
  return 0;
}

static void configure(Slot *slot) {
  CURL *easy = slot->easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, in_flight > 256 ? 16384L : 131072L);
  if (*ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
  if (gzip) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  if (*post_body) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post_body);
}

static void start(Slot *slot) {
  slot->length = 0;
  if (own_options) {
    char agent[64], header[64];
    curl_easy_reset(slot->easy);
    configure(slot);
    snprintf(agent, sizeof agent, "agent/%zu", next_url);
    snprintf(header, sizeof header, "X-Serial: %zu", next_url);
    curl_slist_free_all(slot->headers);
    slot->headers = curl_slist_append(NULL, header);
    curl_easy_setopt(slot->easy, CURLOPT_USERAGENT, agent);
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS, 30000L);
  }
  curl_easy_setopt(slot->easy, CURLOPT_URL, urls[next_url++ % url_count]);
  curl_multi_add_handle(multi, slot->easy);
  live++;
}

static void collect(void) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi, &left))) {
    CURL *easy = message->easy_handle;
    CURLcode code = message->data.result;
    Slot *slot;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi, easy);
    live--;
    if (flaky && status == 503) {
      start(slot);
      continue;
    }
    if (requests == capacity) latencies = realloc(latencies, (capacity = capacity * 2 + 1024) * sizeof *latencies);
    latencies[requests++] = now() - slot->started;
    if (code || status != 200 || slot->length != body_bytes) failures++;
    slot->started = now();
    if (slot->started < deadline) start(slot);
  }
}

static void run(void) {
  struct epoll_event events[1024];
  int running;
  while (live > 0) {
    int ready = timeout_ms == 0 ? 0 : epoll_wait(epoll_fd, events, 1024, timeout_ms);
    if (ready <= 0) {
      timeout_ms = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (int i = 0; i < ready; i++) {
      int bits = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
                 (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) | (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi, events[i].data.fd, bits, &running);
    }
    collect();
  }
}

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The peak of this program. getrusage would include the process that started it. */
static long peak_rss_kib(void) {
  char line[128];
  long peak = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %ld", &peak);
  if (file) fclose(file);
  return peak;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void read_urls(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  if (!file) exit(2);
  while (getline(&line, &size, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    urls = realloc(urls, (url_count + 1) * sizeof *urls);
    urls[url_count++] = strdup(line);
  }
  free(line);
  fclose(file);
}

int main(int argc, char **argv) {
  char line[64];
  Slot *slots;
  struct rlimit files;
  if (argc != 7) return 2;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  read_urls(argv[1]);
  in_flight = atoi(argv[2]);
  body_bytes = (size_t)atol(argv[3]);
  ca_file = argv[4];
  post_body = argv[5];
  gzip = strchr(argv[6], 'g') != NULL;
  own_options = strchr(argv[6], 'o') != NULL;
  flaky = strchr(argv[6], 'f') != NULL;
  curl_global_init(CURL_GLOBAL_ALL);
  multi = curl_multi_init();
  epoll_fd = epoll_create1(0);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  slots = calloc((size_t)in_flight, sizeof *slots);
  for (int i = 0; i < in_flight; i++) {
    slots[i].easy = curl_easy_init();
    configure(&slots[i]);
  }
  while (fgets(line, sizeof line, stdin)) {
    double began = now(), cpu = cpu_seconds(), seconds;
    requests = failures = 0;
    deadline = began + atof(line);
    for (int i = 0; i < in_flight; i++) {
      slots[i].started = now();
      start(&slots[i]);
    }
    run();
    seconds = (now() - began) / 1e3;
    cpu = cpu_seconds() - cpu;
    qsort(latencies, requests, sizeof *latencies, ascending);
    printf("{\"requests\":%zu,\"failures\":%zu,\"seconds\":%f,\"cpuSeconds\":%f,\"maxRssKib\":%ld,\"p50\":%f,\"p99\":%f}\n", requests,
           failures, seconds, cpu, peak_rss_kib(), latencies[requests / 2], latencies[requests * 99 / 100]);
    fflush(stdout);
  }
  return 0;
}
