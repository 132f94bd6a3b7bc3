/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be granted, and what not: a task reaches the ports of its manifest line and no others,
 * on either side and beyond the end of the CPU's map of them; and the router's image is nobody's.
 * That nano grants no port of the mainboard to whoever asks is the attack row A09.granted.
 */
#include "peer.h"
#include "tap.h"

#define GP (EXIT_KILLED + 13)

static const struct {
    uint32_t port, bytes, code;
} reads[] = {
    {0x2F8, 1, 0},  {0x2FD, 1, 0},   {0x2FF, 1, 0},   {0x2FC, 4, 0}, /* its own */
    {0x2F7, 1, GP}, {0x300, 1, GP},  {0x2F7, 2, GP},  {0x2FF, 2, GP},
    {0x2FD, 4, GP}, {0x3F8, 1, GP},  {0x60, 1, GP},   {0x3FF, 1, GP},
    {0x400, 1, GP}, {0x407, 1, GP},  {0x408, 1, GP},  {0x40F, 1, GP}, /* the map ends here */
    {0x410, 1, GP}, {0x414, 4, GP},  {0x418, 1, GP},  {0x420, 1, GP},
    {0xCF8, 4, GP}, {0x8000, 1, GP}, {0xFFFF, 1, GP},
};

/* Asks the pager for something by its name. */
static enum status ask(uint32_t pager, uint16_t tag, const char *name)
{
    uint32_t words[POST_ANSWER] = {0}, answer[POST_ANSWER];

    memcpy(words + 1, name, strlen(name));
    return post_ask(pager, tag, words, POST_ANSWER, answer);
}

int main(void)
{
    uint32_t pager = tap_open("pager");

    for (unsigned i = 0; i < sizeof reads / sizeof *reads; i++) {
        uint32_t id = peer_spawn(pager, "reader"), words[3] = {0, reads[i].port, reads[i].bytes};
        uint32_t reader = tap_open("reader");

        post_send(reader, TAG_PING, words, sizeof words);
        tap_ok(peer_exit_code(pager, id) == reads[i].code, "%u bytes at port 0x%x: %s",
               reads[i].bytes, reads[i].port, reads[i].code ? "#GP" : "they are its own");
        post_close(reader);
    }

    /* Whoever had the frames of the first would decide what
     * the router is after its next restart. */
    tap_status(ask(pager, TAG_MODULE, "router"), STATUS_NO_SUCH, "the router's image is nano's");
    tap_status(ask(pager, TAG_MODULE, "reader"), STATUS_OK, "another module is handed out");
    tap_end();
}
