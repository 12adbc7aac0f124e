/* Small numerical functions that generated C files carry inside them, the same as those in
   primitives.py and searches.py; a file takes the ones that it needs. */

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A value and its derivative at u, with the constants k. */
typedef void (*pair_function)(double u, const double *k, double *value, double *derivative);

/* The larger of two numbers; the first where they do not compare. */
static double max_of(double a, double b)
{
    return b > a ? b : a;
}

/* The smaller of two numbers; the first where they do not compare. */
static double min_of(double a, double b)
{
    return b < a ? b : a;
}

/* The sign of a number: -1, 0, 1, or NaN. */
static double sign_of(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
}

/* Tell whether a < b, up to a relative slack that closes holes left by rounding. */
static int less(double a, double b, double slack)
{
    return a < b || (slack > 0.0 && a - b < slack * max_of(fabs(a), fabs(b)));
}

/* Tell whether a <= b, up to a relative slack. */
static int at_most(double a, double b, double slack)
{
    return a <= b || (slack > 0.0 && a - b <= slack * max_of(fabs(a), fabs(b)));
}

/* Tell whether a == b, up to a relative slack. */
static int same(double a, double b, double slack)
{
    return a == b || fabs(a - b) <= slack * max_of(fabs(a), fabs(b));
}

/* A finite number between lo and hi, which may be infinite. */
static double inside(double lo, double hi)
{
    if (isfinite(lo) && isfinite(hi))
        return 0.5 * lo + 0.5 * hi;
    if (isfinite(lo))
        return lo + max_of(1.0, fabs(lo));
    if (isfinite(hi))
        return hi - max_of(1.0, fabs(hi));
    return 0.0;
}

/* The bits of a double as an integer that grows with the number. */
static int64_t rank_of(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? bits ^ INT64_C(0x7FFFFFFFFFFFFFFF) : bits;
}

/* The double of a rank. */
static double of_rank(int64_t rank)
{
    const int64_t bits = rank < 0 ? rank ^ INT64_C(0x7FFFFFFFFFFFFFFF) : rank;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The double with as many doubles above lo as below hi; both may be infinite. */
static double halfway(double lo, double hi)
{
    const int64_t i = rank_of(lo), j = rank_of(hi);
    /* Halves rounded down; a right shift of a negative number is not the same everywhere. */
    const int64_t half_i = i / 2 - (i % 2 < 0), half_j = j / 2 - (j % 2 < 0);
    return of_rank(half_i + half_j + (i & j & 1));
}

/* A number between: at even turns the mean, else, and late, halfway. */
static double split(double lo, double hi, int turn)
{
    if (turn % 2 == 0 && turn < 80 && isfinite(lo) && isfinite(hi))
        return 0.5 * lo + 0.5 * hi;
    return halfway(lo, hi);
}

/* The u with function(u) = target, which rises through it between lo and hi.

   Newton steps while they stay in the bracket and shrink; bisection, of the interval and of the
   doubles in it, does the rest: the search always ends. */
static double root(double target, double lo, double hi, double start, pair_function function,
                   const double *k)
{
    double left = lo, right = hi, last = INFINITY, u;
    if (isinf(target))
        return target > 0.0 ? right : left;
    if (isnan(target) || left >= right)
        return left + 0.0 * target;
    u = min_of(max_of(start, left), right);
    if (!isfinite(u))
        u = halfway(left, right);
    for (int turn = 0; turn < 200; ++turn) {
        double value, derivative;
        function(u, k, &value, &derivative);
        const double gap = value - target;
        if (gap == 0.0)
            return u;
        /* A value that is not a number comes from overflow, far from zero on the side of u.
           An end that is a pole, rounded to beyond it, has the wrong sign: it stays an end. */
        if (gap > 0.0 || (isnan(gap) && u > 0.0))
            right = u > lo ? u : right;
        else
            left = u < hi ? u : left;
        double trial = u - gap / derivative;
        const double step = fabs(trial - u);
        /* Convergence is quadratic: once a step this small shrinks a lot, the root is exact. */
        const int close =
            step <= 1e-9 * fabs(trial) && fabs(trial) < INFINITY && fabs(derivative) < INFINITY;
        const int narrow = right - left <= 1e-13 * fabs(trial);
        const int shrinks = step <= 1e-2 * last && last < INFINITY;
        if (close && left <= trial && trial <= right && (shrinks || narrow))
            return trial;
        /* The root is here, or a pole is: the other side of it will tell. */
        if (close && step <= 1e-14 * fabs(trial))
            trial += 2e-14 * fabs(trial) * (gap < 0.0 ? 1.0 : -1.0);
        if (left < trial && trial < right && step <= 0.75 * last && turn < 80) {
            last = step;
        } else {
            trial = split(left, right, turn);
            if (trial <= left || trial >= right)
                return u;
            last = INFINITY;
        }
        u = trial;
    }
    return u;
}

/* The w with w + log(w) = x, that is LambertW(exp(x)) without overflow. */
static double wright_omega(double x)
{
    if (isnan(x) || x > 1e18)
        return x;
    if (x < -2.0) {
        /* Halley's method on w = y*exp(-w) keeps the relative precision of small results. */
        const double y = exp(x);
        double w = y * (1.0 - y * (1.0 - 1.5 * y));
        for (int turn = 0; turn < 2; ++turn) {
            const double gap = w - y * exp(-w);
            w -= gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0));
        }
        return w;
    }
    double w = x < 1.0 ? exp(2.0 * (x - 1.0) / 3.0) : x - log(x) * (1.0 - 1.0 / x);
    for (int turn = 0; turn < 2; ++turn) {
        /* Fritsch, Shafer and Crowley (1973): the error goes down to its fourth power. */
        const double gap = x - w - log(w);
        const double t = (w + 1.0) * (w + 1.0 + 2.0 * gap / 3.0);
        w *= 1.0 + gap / (w + 1.0) * (t - 0.5 * gap) / (t - gap);
    }
    return w;
}

/* log(wright_omega(x)) = x - wright_omega(x) without cancellation. */
static double log_wright_omega(double x)
{
    const double w = wright_omega(x);
    return x < 1.0 ? x - w : log(w);
}

/* The principal real branch of Lambert's W; NaN below -1/e. */
static double lambert_w(double z)
{
    const double e = 2.718281828459045;
    if (z > 1.0)
        return wright_omega(log(z));
    double p = 2.0 * (e * z + 1.0);
    if (!(p > 0.0))
        return p > -1e-14 ? -1.0 : NAN;
    p = sqrt(p);
    double w = z < -0.2 ? p - 1.0 - p * p / 3.0 + 11.0 / 72.0 * p * p * p : z / (1.0 + fabs(z));
    for (int turn = 0; turn < 20; ++turn) {
        const double gap = w - z * exp(-w);
        const double step = gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0));
        w -= step;
        if (!(fabs(step) > 1e-12 * fabs(w)))
            break;
    }
    return w;
}

/* log(1 + exp(x)) without overflow. */
static double softplus(double x)
{
    return max_of(x, 0.0) + log1p(exp(-fabs(x)));
}

/* log(cosh(x)) without overflow, and without cancellation near zero. */
static double log_cosh(double x)
{
    const double a = fabs(x);
    if (a < 1.0) {
        const double half = sinh(0.5 * a);
        return log1p(2.0 * half * half);
    }
    return a + log1p(exp(-2.0 * a)) - log(2.0);
}

/* x*log(y), and its limit 0 at x = 0. */
static double xlogy(double x, double y)
{
    return x == 0.0 ? 0.0 * y : x * log(y);
}

/* The derivative of lgamma at a positive x. */
static double digamma(double x)
{
    double shift = 0.0;
    while (x < 16.0) {
        shift -= 1.0 / x;
        x += 1.0;
    }
    const double y = 1.0 / (x * x);
    const double tail = y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0
                        - y * (1.0 / 240.0 - y * (1.0 / 132.0)))));
    return shift + log(x) - 0.5 / x - tail;
}

/* The second derivative of lgamma at a positive x. */
static double trigamma(double x)
{
    double shift = 0.0;
    while (x < 16.0) {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    const double y = 1.0 / (x * x);
    const double tail = y * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0
                        - y * (1.0 / 30.0 - y * (5.0 / 66.0)))));
    return shift + (1.0 + 0.5 / x + tail) / x;
}

/* function(u) - v*u, infinite where that is not a number. */
static double height(double u, double v, pair_function function, const double *k)
{
    double value, derivative;
    function(u, k, &value, &derivative);
    value -= v * u;
    return isnan(value) ? INFINITY : value;
}

/* The derivative of a function at u. */
static double steepness(double u, pair_function function, const double *k)
{
    double value, derivative;
    function(u, k, &value, &derivative);
    return derivative;
}

/* Narrow (lo, hi) about a low point; tell whether the height falls at lo and rises at hi. */
static int narrowed(double *lo, double *hi, double v, pair_function function, const double *k)
{
    int turns = 0;
    for (int turn = 0; turn < 24; ++turn) {
        turns = steepness(*lo, function, k) < v && v < steepness(*hi, function, k);
        if (turns && *hi - *lo < 0.05 * fabs(*lo + *hi))
            break;
        double best = INFINITY;
        int place = 0;
        for (int i = 1; i < 10; ++i) {
            const double value = height(*lo + 0.1 * i * (*hi - *lo), v, function, k);
            if (value < best) {
                best = value;
                place = i;
            }
        }
        const double from = *lo, span = *hi - *lo;
        *lo = from + 0.1 * (place - 1) * span;
        *hi = from + 0.1 * (place + 1) * span;
    }
    return turns;
}

/* A low point between lo and hi; turns tells whether the derivative vanishes there. */
static double bottom(double lo, double hi, double v, int *turns, pair_function function,
                     const double *k)
{
    *turns = narrowed(&lo, &hi, v, function, k);
    for (int turn = 0; turn < 100; ++turn) {
        const double middle = 0.5 * lo + 0.5 * hi;
        if (!(lo < middle && middle < hi))
            break;
        if (steepness(middle, function, k) < v)
            lo = middle;
        else
            hi = middle;
    }
    return height(lo, v, function, k) < height(hi, v, function, k) ? lo : hi;
}

/* Tell whether trial replaces the minimum at; heights differ by rounding.

   A mark that yields to a zero of the derivative does so unless that is the mark itself; anything
   else must be clearly lower. */
static int lower(double at, double trial, int yields, double v, pair_function function,
                 const double *k)
{
    const double best = height(at, v, function, k), found = height(trial, v, function, k);
    const double noise = 4e-16 * (fabs(best) + fabs(v * at));
    const int apart = fabs(trial - at) > 1e-15 * (fabs(at) + fabs(v)) + 1e-30;
    return isnan(at) || found < best + (yields && apart ? noise : -noise);
}

/* Look for a lower point on a grid that spans eighteen decades on either side of the centre. */
static void better(double *at, int *marked, double centre, double v, double lo, double hi,
                   pair_function function, const double *k)
{
    double far = lo, near = lo, before = INFINITY, middle = INFINITY;
    for (int i = -109; i < 111; ++i) {
        const double size = i == 0 ? 0.0 : pow(10.0, (i < 0 ? -i : i) / 6.0 - 9.0);
        const double u = min_of(max_of(centre + (i > 0 ? size : -size), lo), hi);
        if (i < 110 && u == near && near < hi)
            continue;
        const double value = i == 110 || u == near ? INFINITY : height(u, v, function, k);
        if (middle < INFINITY && middle <= before && middle <= value) {
            int turns;
            const double trial =
                bottom(isfinite(far) ? far : near, u, v, &turns, function, k);
            if (lower(*at, trial, *marked && turns, v, function, k)) {
                *at = trial;
                *marked = 0;
            }
        }
        far = near;
        near = u;
        before = middle;
        middle = value;
    }
}

/* The u of least function(u) - target*u between lo and hi; grids about the target and the marks
   bracket the low points. Where the height still falls at the end of the grids: infinite. */
static double least(double target, double lo, double hi, const double *marks, int count,
                    pair_function function, const double *k)
{
    const double v = target;
    double at = NAN, best = INFINITY;
    int marked = 1;
    if (isnan(v))
        return v;
    for (int i = 0; i < count; ++i) {
        if (lo <= marks[i] && marks[i] <= hi && height(marks[i], v, function, k) < best) {
            at = marks[i];
            best = height(at, v, function, k);
        }
    }
    for (int turn = 0; turn <= count; ++turn) {
        const double centre = turn == count ? v : marks[turn];
        if (isfinite(centre))
            better(&at, &marked, centre, v, lo, hi, function, k);
    }
    const int far = fabs(at - v) > 1e8 && fabs(at) > 1e8 && lo < at && at < hi;
    if (far || height(at, v, function, k) == -INFINITY)
        return at > 0.0 ? INFINITY : -INFINITY;
    return at;
}
