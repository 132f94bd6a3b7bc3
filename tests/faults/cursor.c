/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of cases; see cursor.h. Ring 3, alice. */
#include "cursor.h"
#include "faults.h"

struct keep keep __attribute__((aligned(PAGE_SIZE)));
_Static_assert(sizeof keep <= PAGE_SIZE, "the keep area is in one page");

static struct inject_result result __attribute__((aligned(64)));

/* Has this campaign the dimension? The innermost first: again, bit, area; then step. */
static bool next(uint32_t *at, const struct range *range, uint32_t by)
{
    if (range->high - *at >= by) {
        *at += by;
        return true;
    }
    *at = range->low;
    return false;
}

static bool has_bits(void)
{
    return line.campaign >= CAMPAIGN_REGISTER && line.campaign <= CAMPAIGN_HOSTILE;
}

/* On through the line's ranges. */
static bool count_on(bool recovery_activated)
{
    bool areas = has_bits() || line.campaign == CAMPAIGN_STOP;
    uint32_t area_by = line.campaign >= CAMPAIGN_FLIP && line.campaign <= CAMPAIGN_CACHE ? 4 : 1;

    if (line.campaign == CAMPAIGN_PAIR && recovery_activated &&
        next(&keep.again, &line.again, line.every))
        return true;
    keep.again = line.again.low;
    if (has_bits() && next(&keep.bit, &line.bit, 1))
        return true;
    if (areas && next(&keep.area, &line.area, area_by))
        return true;
    return next(&keep.step, &line.step, line.campaign == CAMPAIGN_PAIR ? 1 : line.every);
}

/* EFLAGS.VM: no flip of it is a state that a CPU can be in (faults.h). */
static bool is_excluded(void)
{
    return line.campaign == CAMPAIGN_REGISTER && keep.area == INJECT_EFLAGS && keep.bit == 17;
}

/* What the traced case met. */
static uint32_t take_trace(uint32_t *points, uint32_t most)
{
    uint32_t count = inject(INJECT_TRACE, points, most);

    if (count > most) {
        say("faults: %u points; there is room for %u\n", count, most);
        post_send(parties.pager, TAG_OFF, (uint32_t[]){0, 3}, 8);
    }
    return count;
}

/* Call traced, then for each of its points: recovery traced, then each of its points. */
static bool pairs_on(void)
{
    if (keep.phase == TRACE_CALL) {
        keep.points = take_trace(keep.point, 2 * POINTS_MAX);
        keep.at = 0;
        while (keep.at < keep.points && keep.point[keep.at] < line.step.low)
            keep.at++;
    } else {
        if (keep.phase == TRACE_RECOVERY) {
            keep.recovery_points = take_trace(keep.recovery_point, POINTS_MAX);
            keep.rec_at = 0;
        } else {
            keep.rec_at++;
        }
        if (keep.rec_at < keep.recovery_points) {
            keep.phase = PLAIN;
            keep.again = keep.recovery_point[keep.rec_at] ? keep.recovery_point[keep.rec_at] : 1;
            return true;
        }
        keep.at++;
    }
    keep.phase = TRACE_RECOVERY;
    keep.again = 0;
    keep.step = keep.point[keep.at];
    return keep.at < keep.points && keep.step <= line.step.high;
}

/* For each word: call traced, then each read of it with each value. */
static bool hostiles_on(void)
{
    if (keep.phase == TRACE_CALL) {
        keep.points = take_trace(keep.point, 2 * POINTS_MAX - 1);
        if (keep.points) /* a word that is not read at all is let alone */
            keep.point[keep.points++] = result.steps - 1;
        keep.at = keep.bit = 0;
    } else if (++keep.bit == HOSTILE_VALUES) {
        keep.bit = 0;
        keep.at++;
    }
    if (keep.at < keep.points) {
        keep.phase = PLAIN;
        keep.step = keep.point[keep.at];
        return true;
    }
    keep.phase = TRACE_CALL;
    keep.step = keep.bit = 0;
    return next(&keep.area, &line.area, 1);
}

/* For each word: call traced, and the steps that use it told. */
static bool uses_on(void)
{
    uint32_t count = take_trace(keep.point, 2 * POINTS_MAX);

    for (uint32_t i = 0; i < count; i++)
        say("%s%u%s", i % 32 ? " " : "uses ", keep.point[i],
            i % 32 == 31 || i + 1 == count ? "\n" : "");
    return next(&keep.area, &line.area, 4);
}

bool cursor_on(void)
{
    inject(INJECT_RESULT, &result, 0);
    if (line.campaign == CAMPAIGN_PAIRS)
        return pairs_on();
    if (line.campaign == CAMPAIGN_HOSTILES)
        return hostiles_on();
    if (line.campaign == CAMPAIGN_USES)
        return uses_on();
    if (!result.activated || !count_on(result.recovery_activated))
        return false;
    return !is_excluded() || count_on(true);
}

bool cursor_begin(void)
{
    bool traced = line.campaign == CAMPAIGN_PAIRS || line.campaign == CAMPAIGN_HOSTILES ||
                  line.campaign == CAMPAIGN_USES;

    keep = (struct keep){.step = line.step.low,
                         .area = line.area.low,
                         .bit = line.bit.low,
                         .again = line.again.low,
                         .phase = traced ? TRACE_CALL : PLAIN};
    if (!line.resumed)
        return true;
    keep.step = line.from_step;
    keep.area = line.from_area;
    keep.bit = line.from_bit;
    keep.again = line.from_again;
    return !traced && count_on(true) && count_on(true);
}

uint32_t cursor_campaign(void)
{
    if (keep.phase != PLAIN)
        return line.campaign;
    return line.campaign == CAMPAIGN_PAIRS      ? CAMPAIGN_PAIR
           : line.campaign == CAMPAIGN_HOSTILES ? CAMPAIGN_HOSTILE
                                                : line.campaign;
}
