/* Sends ARP frames at a given rate: storms, loops, announcements. Compiled when first needed (programs.ts).
 *   sender INTERFACE KIND MAC IP RATE COUNT [DISTINCT]
 * KIND request (for IP, from the interface's subnet: IP with last octet 1), reply (IP is at MAC, to all),
 * announcement (request with spa = tpa = IP) or gratuitous-reply. RATE in frames/s; COUNT 0 sends until SIGTERM.
 * DISTINCT n cycles through n sender pairs (MAC + i, spa + i). Prints "SENT SECONDS" when it ends. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 256, FRAME = 60, SOURCE = 6, OPER = 20, SHA = 22, SPA = 28, TPA = 38 };

static volatile sig_atomic_t stopped;
static void stop(int signal) { (void)signal; stopped = 1; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int open_link(const char *interface) {
    struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(0x0806), .sll_ifindex = if_nametoindex(interface)};
    int raw = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
    if (raw < 0) fail("AF_PACKET socket");
    if (link.sll_ifindex == 0 || bind(raw, (struct sockaddr *)&link, sizeof link) < 0) fail(interface);
    setsockopt(raw, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
    return raw;
}

static void write_frame(unsigned char *frame, const char *kind, const unsigned char *mac, uint32_t ip) {
    static const unsigned char head[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0};
    int asks = !strcmp(kind, "request"), unasked = !strcmp(kind, "announcement") || !strcmp(kind, "gratuitous-reply");
    uint32_t sender = asks ? htonl((ntohl(ip) & ~0xffu) | 1) : ip, target = asks || unasked ? ip : htonl((ntohl(ip) & ~0xffu) | 1);
    memset(frame, 0xff, 6);
    memcpy(frame + SOURCE, mac, 6);
    memcpy(frame + 12, head, sizeof head);
    frame[OPER + 1] = asks || !strcmp(kind, "announcement") ? 1 : 2;
    memcpy(frame + SHA, mac, 6);
    memcpy(frame + SPA, &sender, 4);
    memcpy(frame + TPA, &target, 4);
}

static void vary(unsigned char *frame, const unsigned char *first, uint32_t i) {
    uint32_t low, spa;
    memcpy(&low, first + SHA + 2, 4);
    memcpy(&spa, first + SPA, 4);
    low = htonl(ntohl(low) + i);
    spa = htonl(ntohl(spa) + i);
    memcpy(frame + SHA + 2, &low, 4);
    memcpy(frame + SOURCE + 2, &low, 4);
    memcpy(frame + SPA, &spa, 4);
}

int main(int argc, char **argv) {
    static unsigned char frames[BATCH][FRAME], first[FRAME], mac[6];
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    uint32_t ip;
    if (argc < 7 || inet_pton(AF_INET, argv[4], &ip) != 1 ||
        sscanf(argv[3], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6) {
        fprintf(stderr, "usage: sender INTERFACE KIND MAC IP RATE COUNT [DISTINCT]\n");
        return 2;
    }
    int raw = open_link(argv[1]);
    double rate = atof(argv[5]);
    long count = atol(argv[6]), distinct = argc > 7 ? atol(argv[7]) : 1, sent = 0;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    write_frame(first, argv[2], mac, ip);
    for (int i = 0; i < BATCH; i++) {
        memcpy(frames[i], first, FRAME);
        parts[i] = (struct iovec){frames[i], FRAME};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    double start = now();
    while (!stopped && (count == 0 || sent < count)) {
        long due = (long)((now() - start) * rate) + 1 - sent;
        if (due > BATCH) due = BATCH;
        if (count && due > count - sent) due = count - sent;
        if (due <= 0) {
            double wait = (sent / rate) - (now() - start);
            if (wait < 0.0005) wait = 0.0005;
            struct timespec pause = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
            nanosleep(&pause, NULL);
            continue;
        }
        for (long i = 0; distinct > 1 && i < due; i++) vary(frames[i], first, (uint32_t)((sent + i) % distinct));
        int done = sendmmsg(raw, messages, (unsigned)due, 0);
        if (done < 0 && errno != ENOBUFS && errno != EINTR) fail("sendmmsg");
        if (done > 0) sent += done;
    }
    printf("%ld %.3f\n", sent, now() - start);
    return 0;
}
