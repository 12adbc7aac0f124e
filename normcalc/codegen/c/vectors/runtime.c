/* Arrays of numbers; those of a matrix are n1 to a row. */
typedef struct { double *x; int64_t n0, n1, n2; } dvec;
typedef struct { int64_t *x; int64_t n0, n1, n2; } ivec;

/* Memory that is taken piece by piece, and given back from the end. */
typedef struct chunk { struct chunk *before; size_t used, size; double room[1]; } chunk;
typedef struct { jmp_buf stop; const char *why; chunk *last; } arena;
typedef struct { chunk *last; size_t used; } mark;

static void refuse(arena *w, const char *why)
{
    w->why = why;
    longjmp(w->stop, 1);
}

static void *take(arena *w, int64_t count)
{
    const size_t bytes = sizeof(double) * (size_t)(count > 0 ? count : 1);
    if (w->last == NULL || w->last->size - w->last->used < bytes) {
        const size_t size = bytes > 65536 ? bytes : 65536;
        chunk *made = malloc(sizeof(chunk) + size);
        if (made == NULL)
            refuse(w, "there is not enough memory");
        made->before = w->last;
        made->used = 0;
        made->size = size;
        w->last = made;
    }
    w->last->used += bytes;
    return (char *)w->last->room + w->last->used - bytes;
}

static mark here(const arena *w)
{
    mark at;
    at.last = w->last;
    at.used = w->last != NULL ? w->last->used : 0;
    return at;
}

static void release(arena *w, mark at)
{
    while (w->last != at.last) {
        chunk *gone = w->last;
        w->last = gone->before;
        free(gone);
    }
    if (w->last != NULL)
        w->last->used = at.used;
}

static int64_t length_d(dvec a)
{
    return a.n0 * a.n1 * a.n2;
}

static int64_t length_i(ivec a)
{
    return a.n0 * a.n1 * a.n2;
}

static dvec new_d(arena *w, int64_t n0, int64_t n1, int64_t n2, double value)
{
    dvec a;
    a.n0 = n0;
    a.n1 = n1;
    a.n2 = n2;
    a.x = take(w, n0 * n1 * n2);
    for (int64_t i = 0; i < length_d(a); ++i)
        a.x[i] = value;
    return a;
}

static ivec new_i(arena *w, int64_t n0, int64_t n1, int64_t n2, int64_t value)
{
    ivec a;
    a.n0 = n0;
    a.n1 = n1;
    a.n2 = n2;
    a.x = take(w, n0 * n1 * n2);
    for (int64_t i = 0; i < length_i(a); ++i)
        a.x[i] = value;
    return a;
}

/* A place that may be counted from the end. */
static int64_t at_place(int64_t i, int64_t n)
{
    return i < 0 ? i + n : i;
}

static int64_t end_of(int64_t i, int64_t n)
{
    const int64_t k = i < 0 ? i + n : i;
    return k < 0 ? 0 : k > n ? n : k;
}

static dvec part_d(dvec a, int64_t start, int64_t stop)
{
    const int64_t first = end_of(start, a.n0), last = end_of(stop, a.n0);
    dvec b = a;
    b.x = a.x + first * a.n1 * a.n2;
    b.n0 = last > first ? last - first : 0;
    return b;
}

static ivec part_i(ivec a, int64_t start, int64_t stop)
{
    const int64_t first = end_of(start, a.n0), last = end_of(stop, a.n0);
    ivec b = a;
    b.x = a.x + first * a.n1 * a.n2;
    b.n0 = last > first ? last - first : 0;
    return b;
}

static dvec row_d(dvec a, int64_t i)
{
    dvec b;
    b.x = a.x + at_place(i, a.n0) * a.n1 * a.n2;
    b.n0 = a.n1;
    b.n1 = a.n2;
    b.n2 = 1;
    return b;
}

static ivec row_i(ivec a, int64_t i)
{
    ivec b;
    b.x = a.x + at_place(i, a.n0) * a.n1 * a.n2;
    b.n0 = a.n1;
    b.n1 = a.n2;
    b.n2 = 1;
    return b;
}

static dvec flat_d(dvec a)
{
    dvec b = a;
    b.n0 = length_d(a);
    b.n1 = 1;
    b.n2 = 1;
    return b;
}

static ivec flat_i(ivec a)
{
    ivec b = a;
    b.n0 = length_i(a);
    b.n1 = 1;
    b.n2 = 1;
    return b;
}

static dvec copy_d(arena *w, dvec a)
{
    dvec b = new_d(w, a.n0, a.n1, a.n2, 0.0);
    for (int64_t i = 0; i < length_d(a); ++i)
        b.x[i] = a.x[i];
    return b;
}

static ivec copy_i(arena *w, ivec a)
{
    ivec b = new_i(w, a.n0, a.n1, a.n2, 0);
    for (int64_t i = 0; i < length_i(a); ++i)
        b.x[i] = a.x[i];
    return b;
}

static dvec reversed_d(arena *w, dvec a)
{
    dvec b = new_d(w, a.n0, 1, 1, 0.0);
    for (int64_t i = 0; i < a.n0; ++i)
        b.x[i] = a.x[a.n0 - 1 - i];
    return b;
}

static dvec turned_d(arena *w, dvec a)
{
    dvec b = new_d(w, a.n1, a.n0, 1, 0.0);
    for (int64_t i = 0; i < a.n0; ++i)
        for (int64_t j = 0; j < a.n1; ++j)
            b.x[j * a.n0 + i] = a.x[i * a.n1 + j];
    return b;
}

static void copy_into_d(arena *w, dvec a, dvec b)
{
    if (length_d(a) != length_d(b))
        refuse(w, "shapes do not fit");
    for (int64_t i = 0; i < length_d(a); ++i)
        a.x[i] = b.x[i];
}

static void copy_into_i(arena *w, ivec a, ivec b)
{
    if (length_i(a) != length_i(b))
        refuse(w, "shapes do not fit");
    for (int64_t i = 0; i < length_i(a); ++i)
        a.x[i] = b.x[i];
}

static void fill_d(dvec a, double value)
{
    for (int64_t i = 0; i < length_d(a); ++i)
        a.x[i] = value;
}

static void fill_i(ivec a, int64_t value)
{
    for (int64_t i = 0; i < length_i(a); ++i)
        a.x[i] = value;
}

static ivec range_i(arena *w, int64_t n)
{
    ivec a = new_i(w, n, 1, 1, 0);
    for (int64_t i = 0; i < n; ++i)
        a.x[i] = i;
    return a;
}

/* The order that sorts, equal entries as they are: merging, from below. */
static ivec order_d(arena *w, dvec a)
{
    ivec from = range_i(w, a.n0), to = range_i(w, a.n0);
    for (int64_t width = 1; width < a.n0; width *= 2) {
        for (int64_t start = 0; start < a.n0; start += 2 * width) {
            const int64_t middle = end_of(start + width, a.n0);
            const int64_t stop = end_of(start + 2 * width, a.n0);
            int64_t i = start, j = middle;
            for (int64_t k = start; k < stop; ++k) {
                const int right = i >= middle || (j < stop && a.x[from.x[j]] < a.x[from.x[i]]);
                to.x[k] = right ? from.x[j++] : from.x[i++];
            }
        }
        const ivec other = from;
        from = to;
        to = other;
    }
    return from;
}

static dvec sorted_d(arena *w, dvec a)
{
    const ivec order = order_d(w, a);
    dvec b = new_d(w, a.n0, 1, 1, 0.0);
    for (int64_t i = 0; i < a.n0; ++i)
        b.x[i] = a.x[order.x[i]];
    return b;
}

static dvec gathered_d(arena *w, dvec a, ivec places)
{
    dvec b = new_d(w, places.n0, 1, 1, 0.0);
    for (int64_t i = 0; i < places.n0; ++i)
        b.x[i] = a.x[at_place(places.x[i], a.n0)];
    return b;
}

static void scatter_d(arena *w, dvec a, ivec places, dvec b)
{
    if (places.n0 != length_d(b))
        refuse(w, "shapes do not fit");
    for (int64_t i = 0; i < places.n0; ++i)
        a.x[at_place(places.x[i], a.n0)] = b.x[i];
}

/* The places of the entries that are not zero. */
static ivec places_d(arena *w, dvec a)
{
    ivec found = new_i(w, a.n0, 1, 1, 0);
    int64_t count = 0;
    for (int64_t i = 0; i < a.n0; ++i) {
        found.x[count] = i;
        count += a.x[i] != 0.0;
    }
    found.n0 = count;
    return found;
}

static double largest_d(dvec a)
{
    double found = a.x[0];
    for (int64_t i = 1; i < length_d(a); ++i)
        found = a.x[i] > found ? a.x[i] : found;
    return found;
}

static double least_d(dvec a)
{
    double found = a.x[0];
    for (int64_t i = 1; i < length_d(a); ++i)
        found = a.x[i] < found ? a.x[i] : found;
    return found;
}

static int64_t place_of_largest_d(dvec a)
{
    int64_t found = 0;
    for (int64_t i = 1; i < length_d(a); ++i)
        found = a.x[i] > a.x[found] ? i : found;
    return found;
}

static double total_d(dvec a)
{
    double found = 0.0;
    for (int64_t i = 0; i < length_d(a); ++i)
        found += a.x[i];
    return found;
}

static double product_d(dvec a)
{
    double found = 1.0;
    for (int64_t i = 0; i < length_d(a); ++i)
        found *= a.x[i];
    return found;
}

static dvec totals_d(arena *w, dvec a)
{
    dvec b = copy_d(w, a);
    for (int64_t i = 1; i < a.n0; ++i)
        b.x[i] += b.x[i - 1];
    return b;
}

static int64_t total_i(ivec a)
{
    int64_t found = 0;
    for (int64_t i = 0; i < length_i(a); ++i)
        found += a.x[i];
    return found;
}

static int64_t any_i(ivec a)
{
    int64_t found = 0;
    for (int64_t i = 0; i < length_i(a); ++i)
        found = found || a.x[i] != 0;
    return found;
}

static int64_t all_i(ivec a)
{
    int64_t found = 1;
    for (int64_t i = 0; i < length_i(a); ++i)
        found = found && a.x[i] != 0;
    return found;
}

static dvec unit_d(arena *w, int64_t n)
{
    dvec a = new_d(w, n, n, 1, 0.0);
    for (int64_t i = 0; i < n; ++i)
        a.x[i * n + i] = 1.0;
    return a;
}

static dvec diagonal_d(arena *w, dvec a)
{
    dvec b = new_d(w, a.n0 < a.n1 ? a.n0 : a.n1, 1, 1, 0.0);
    for (int64_t i = 0; i < b.n0; ++i)
        b.x[i] = a.x[i * a.n1 + i];
    return b;
}

static dvec times_d(arena *w, dvec a, dvec b)
{
    if (a.n1 != b.n0)
        refuse(w, "two matrices that do not fit");
    dvec c = new_d(w, a.n0, b.n1, 1, 0.0);
    for (int64_t i = 0; i < a.n0; ++i)
        for (int64_t k = 0; k < a.n1; ++k)
            for (int64_t j = 0; j < b.n1; ++j)
                c.x[i * b.n1 + j] += a.x[i * a.n1 + k] * b.x[k * b.n1 + j];
    return c;
}

static int64_t bits_of(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(int64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static ivec all_bits_of(arena *w, dvec a)
{
    ivec b = new_i(w, a.n0, a.n1, a.n2, 0);
    for (int64_t i = 0; i < length_d(a); ++i)
        b.x[i] = bits_of(a.x[i]);
    return b;
}

static double max_of(double a, double b)
{
    return b > a ? b : a;
}

static double min_of(double a, double b)
{
    return b < a ? b : a;
}

static int64_t larger_of(int64_t a, int64_t b)
{
    return b > a ? b : a;
}

static int64_t smaller_of(int64_t a, int64_t b)
{
    return b < a ? b : a;
}

static int64_t size_of(int64_t a)
{
    return a < 0 ? -a : a;
}

static double sign_of(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
}

static double square_of(double x)
{
    return x * x;
}

static int64_t floor_of(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t rest_of(int64_t a, int64_t b)
{
    return a - b * floor_of(a, b);
}

static int64_t are_finite(dvec v)
{
    int64_t found = 1;
    for (int64_t i = 0; i < length_d(v); ++i)
        found = found && isfinite(v.x[i]);
    return found;
}

static mark start_of_memory(void)
{
    mark at;
    at.last = NULL;
    at.used = 0;
    return at;
}

static dvec given_d(arena *w, const double *x, int64_t n0, int64_t n1)
{
    dvec a = new_d(w, n0, n1, 1, 0.0);
    for (int64_t i = 0; i < length_d(a); ++i)
        a.x[i] = x[i];
    return a;
}

static ivec given_i(arena *w, const int64_t *x, int64_t n)
{
    ivec a = new_i(w, n, 1, 1, 0);
    for (int64_t i = 0; i < n; ++i)
        a.x[i] = x[i];
    return a;
}

static ivec order_of_groups(arena *w, ivec starts)
{
    dvec sizes = new_d(w, starts.n0 - 1, 1, 1, 0.0);
    for (int64_t i = 0; i < sizes.n0; ++i)
        sizes.x[i] = (double)(starts.x[i + 1] - starts.x[i]);
    return order_d(w, sizes);
}

static int64_t top_of(ivec indices)
{
    int64_t top = 0;
    for (int64_t i = 0; i < indices.n0; ++i)
        top = larger_of(top, indices.x[i] + 1);
    return top;
}
