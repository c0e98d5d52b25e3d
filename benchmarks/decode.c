/* The algorithm of cmo_kit/fast in C, written for the benchmark: the same passes over the same tables,
 * sixteen chromosomes side by side in GCC's portable vectors. It must give the same numbers. It marks
 * ties as doubtful without settling them, and decodes all Sites as one block. */
#include <math.h>
#include <stdint.h>

#define LANES 16
#define HALF (LANES / 2)
typedef uint32_t words __attribute__((vector_size(4 * LANES)));
typedef int32_t signs __attribute__((vector_size(4 * HALF)));
typedef int64_t masks __attribute__((vector_size(8 * HALF)));
typedef double doubles __attribute__((vector_size(8 * HALF)));

/* Sixteen times fill two of the widest registers. */
typedef struct {
    doubles half[2];
} times;
typedef union {
    words all;
    signs half[2];
} split;

typedef struct {
    int64_t orders, sites, bits, length;
    const int64_t *first; /* (orders + 1) */
    const uint8_t *g;     /* (orders + 1, orders) */
    const double *same, *tails, *due, *weight;
    words *keys, *changes, *cells, *runs;
    times *starts;
} problem;

static const double SCALE = 2147483646.0; /* 2^31 - 2 */

/* -1 in lanes where a is 0 */
static inline words none(words a) { return (words)(a == 0); }

static inline words least(words a, words b) {
    words m;
    for (int k = 0; k < LANES; k++) m[k] = a[k] < b[k] ? a[k] : b[k];
    return m;
}

static inline words most(words a, words b) {
    words m;
    for (int k = 0; k < LANES; k++) m[k] = a[k] > b[k] ? a[k] : b[k];
    return m;
}

static inline doubles choose(masks test, doubles yes, doubles no) {
    return (doubles)(((masks)yes & test) | ((masks)no & ~test));
}

/* One gene of sixteen chromosomes as whole numbers; valid becomes 0 in lanes with a wrong key. */
static inline words whole(const double *keys, int64_t length, masks *valid) {
    split found;
    for (int h = 0; h < 2; h++) {
        const double *k = keys + h * HALF * length;
        const doubles key = {k[0],          k[length],     k[2 * length], k[3 * length],
                             k[4 * length], k[5 * length], k[6 * length], k[7 * length]};
        const masks right = (key >= 0.0) & (key <= 1.0);
        *valid &= right;
        found.half[h] = __builtin_convertvector((doubles)((masks)key & right) * SCALE, signs);
    }
    return found.all;
}

/* Batcher's network as merge exchange, algorithm 5.2.2M in Knuth, volume 3, on width interleaved lists. */
static void sort_rows(words *rows, int64_t length, int64_t width) {
    int64_t top = 1;
    while (2 * top < length) top *= 2;
    for (int64_t p = top; p > 0; p /= 2) {
        int64_t q = top, r = 0, d = p;
        for (;;) {
            for (int64_t begin = r; begin < length - d; begin += 2 * p) {
                const int64_t end = begin + p < length - d ? begin + p : length - d;
                for (int64_t a = begin * width; a < end * width; a++) {
                    words lower = rows[a], higher = rows[a + d * width];
                    rows[a] = least(lower, higher);
                    rows[a + d * width] = most(lower, higher);
                }
            }
            if (q == p) break;
            d = q - p;
            q /= 2;
            r = p;
        }
    }
}

static words fill_cells(const problem *p, int64_t i, const double *population, masks *valid) {
    const words zero = {0}, empty = ~zero;
    const doubles never = (doubles){0} - INFINITY;
    const int64_t first = p->first[i], last = p->first[i + 1], sites = p->sites;
    const uint32_t bits = (uint32_t)p->bits;
    words low = empty, distinct = empty, below = zero;
    for (int64_t gene = first; gene < last; gene++) {
        words key = whole(population + gene, p->length, valid);
        p->keys[gene] = key;
        low = least(low, key);
    }
    for (int64_t l = 0; l < sites; l++) {
        words before = below, here = low;
        if (l < sites - 1) {
            words change = p->changes[l], nearest = empty;
            below = zero;
            for (int64_t gene = first; gene < last; gene++) {
                words difference = p->keys[gene] - change;
                below += difference >> 31;
                nearest = least(nearest, difference);
            }
            distinct = least(distinct, nearest);
            low = nearest + change;
        } else {
            below = zero + (uint32_t)(last - first);
        }
        words count = below - before, nothing = none(count);
        p->cells[i * sites + l] = ((here >> bits) << bits) | (uint32_t)i | nothing;
        const split further = {count - 1}, absent = {nothing};
        for (int h = 0; h < 2; h++)
            p->starts[i * sites + l].half[h] =
                choose(__builtin_convertvector(absent.half[h], masks), never,
                       __builtin_convertvector(further.half[h], doubles) * p->same[i]);
        p->runs[l] += 1 + nothing;
    }
    return distinct;
}

static void walk(const problem *p) {
    const int64_t sites = p->sites, orders = p->orders, mask = ((int64_t)1 << p->bits) - 1;
    const uint32_t *runs = (const uint32_t *)p->runs, *cells = (const uint32_t *)p->cells;
    double *starts = (double *)p->starts;
    for (int64_t l = 0; l < sites; l++)
        for (int lane = 0; lane < LANES; lane++) {
            const int64_t many = runs[l * LANES + lane];
            double start = 0;
            int64_t before = orders;
            for (int64_t t = 0; t < many; t++) {
                const int64_t j = cells[(t * sites + l) * LANES + lane] & mask;
                double *last = starts + (j * sites + l) * LANES + lane;
                start = start + p->g[before * orders + j] + *last;
                *last = start;
                before = j;
            }
        }
}

static times add_tardiness(const problem *p) {
    const doubles zero = {0};
    times total = {{zero, zero}};
    for (int64_t i = 0; i < p->orders; i++)
        for (int h = 0; h < 2; h++) {
            doubles last = p->starts[i * p->sites].half[h];
            for (int64_t l = 1; l < p->sites; l++) {
                const doubles other = p->starts[i * p->sites + l].half[h];
                last = choose(other > last, other, last);
            }
            const doubles late = last + p->tails[i] - p->due[i];
            total.half[h] += p->weight[i] * choose(late > zero, late, zero);
        }
    return total;
}

/* Returns 0 when a key lies outside 0..1; doubtful chromosomes have ties. */
int decode(const double *population, int64_t e, const problem *given, double *tardiness, uint8_t *doubtful) {
    const problem copy = *given, *p = &copy;
    const words zero = {0}, empty = ~zero;
    const int64_t orders = p->orders, sites = p->sites;
    const uint32_t bits = (uint32_t)p->bits;
    masks valid = ~(masks){0};
    for (int64_t group = 0; group < e; group += LANES) {
        const int64_t row = group + LANES <= e ? group : e - LANES;
        const double *keys = population + row * p->length;
        words distinct = empty;
        for (int64_t k = 0; k < sites - 1; k++) p->changes[k] = whole(keys + p->first[orders] + k, p->length, &valid);
        sort_rows(p->changes, sites - 1, 1);
        for (int64_t l = 0; l < sites; l++) p->runs[l] = zero;
        for (int64_t i = 0; i < orders; i++) distinct = least(distinct, fill_cells(p, i, keys, &valid));
        sort_rows(p->cells, orders, sites);
        for (int64_t t = sites; t < orders * sites; t++) {
            const words lower = p->cells[t - sites], higher = p->cells[t];
            distinct = least(distinct, ((lower ^ higher) >> bits) | none(~lower));
        }
        walk(p);
        const times total = add_tardiness(p);
        for (int k = 0; k < LANES; k++) {
            tardiness[row + k] = total.half[k / HALF][k % HALF];
            doubtful[row + k] = distinct[k] == 0;
        }
    }
    for (int k = 0; k < HALF; k++)
        if (!valid[k]) return 0;
    return 1;
}
