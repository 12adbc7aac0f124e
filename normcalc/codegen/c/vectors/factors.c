static dvec block_d(arena *w, dvec a, int64_t top, int64_t bottom, int64_t left, int64_t right)
{
    const int64_t i0 = end_of(top, a.n0), j0 = end_of(left, a.n1);
    const int64_t i1 = end_of(bottom, a.n0), j1 = end_of(right, a.n1);
    dvec b = new_d(w, i1 > i0 ? i1 - i0 : 0, j1 > j0 ? j1 - j0 : 0, 1, 0.0);
    for (int64_t i = 0; i < b.n0; ++i)
        for (int64_t j = 0; j < b.n1; ++j)
            b.x[i * b.n1 + j] = a.x[(i0 + i) * a.n1 + j0 + j];
    return b;
}

static void put_block_d(arena *w, dvec a, int64_t top, int64_t bottom, int64_t left,
                        int64_t right, dvec b)
{
    const int64_t i0 = end_of(top, a.n0), j0 = end_of(left, a.n1);
    const int64_t i1 = end_of(bottom, a.n0), j1 = end_of(right, a.n1);
    if (length_d(b) != (i1 - i0) * (j1 - j0))
        refuse(w, "shapes do not fit");
    for (int64_t i = i0; i < i1; ++i)
        for (int64_t j = j0; j < j1; ++j)
            a.x[i * a.n1 + j] = b.x[(i - i0) * (j1 - j0) + j - j0];
}

static dvec backward_d(arena *w, dvec a)
{
    dvec b = copy_d(w, a);
    for (int64_t i = 0; i < a.n0; ++i)
        for (int64_t j = 0; j < a.n1; ++j)
            b.x[i * a.n1 + j] = a.x[i * a.n1 + a.n1 - 1 - j];
    return b;
}

/* The cosine and the sine of the rotation that makes a symmetric 2 x 2 matrix diagonal. */
static void rotation_of(double p, double q, double r, double *c, double *s)
{
    const double theta = 0.5 * (r - p) / q;
    const double t = (theta >= 0.0 ? 1.0 : -1.0) / (fabs(theta) + sqrt(theta * theta + 1.0));
    *c = 1.0 / sqrt(t * t + 1.0);
    *s = t * *c;
}

static void turn_columns(dvec a, int64_t i, int64_t j, double c, double s)
{
    for (int64_t k = 0; k < a.n0; ++k) {
        const double x = a.x[k * a.n1 + i], y = a.x[k * a.n1 + j];
        a.x[k * a.n1 + i] = c * x - s * y;
        a.x[k * a.n1 + j] = s * x + c * y;
    }
}

static void turn_rows(dvec a, int64_t i, int64_t j, double c, double s)
{
    for (int64_t k = 0; k < a.n1; ++k) {
        const double x = a.x[i * a.n1 + k], y = a.x[j * a.n1 + k];
        a.x[i * a.n1 + k] = c * x - s * y;
        a.x[j * a.n1 + k] = s * x + c * y;
    }
}

/* The columns of a matrix in an order. */
static dvec columns_d(arena *w, dvec a, ivec order)
{
    dvec b = new_d(w, a.n0, order.n0, 1, 0.0);
    for (int64_t i = 0; i < a.n0; ++i)
        for (int64_t j = 0; j < order.n0; ++j)
            b.x[i * order.n0 + j] = a.x[i * a.n1 + order.x[j]];
    return b;
}

/* Eigenvalues, the least first, and eigenvectors of a symmetric matrix, by Jacobi's rotations. */
static void eigen_d(arena *w, dvec given, dvec *sizes, dvec *vectors)
{
    dvec a = copy_d(w, given), v = unit_d(w, given.n0), d;
    ivec order;
    const int64_t n = a.n0;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < i; ++j)
            a.x[j * n + i] = a.x[i * n + j];
    for (int turn = 0, busy = 1; busy && turn < 60; ++turn) {
        busy = 0;
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t j = i + 1; j < n; ++j) {
                double c, s;
                const double off = a.x[i * n + j];
                const double p = a.x[i * n + i], r = a.x[j * n + j];
                if (fabs(off) <= 1e-300 || fabs(off) <= 1e-17 * (fabs(p) + fabs(r)))
                    continue;
                busy = 1;
                rotation_of(p, off, r, &c, &s);
                turn_columns(a, i, j, c, s);
                turn_rows(a, i, j, c, s);
                turn_columns(v, i, j, c, s);
            }
        }
    }
    d = diagonal_d(w, a);
    order = order_d(w, d);
    *sizes = sorted_d(w, d);
    *vectors = columns_d(w, v, order);
}

/* Unit columns: those of vanishing size get directions that are orthogonal to the others. */
static void complete_d(dvec a, dvec sizes)
{
    const int64_t n = a.n1;
    for (int64_t j = 0; j < n; ++j) {
        const int rests = sizes.x[j] <= 1e-15 * sizes.x[0];
        double total = 0.0;
        for (int64_t axis = 0; axis < a.n0 && (axis == 0 || (rests && total < 0.5 / (double)a.n0)); ++axis) {
            for (int64_t k = 0; rests && k < a.n0; ++k)
                a.x[k * n + j] = k == axis ? 1.0 : 0.0;
            for (int turn = 0; rests && turn < 2; ++turn) {
                for (int64_t i = 0; i < j; ++i) {
                    double along = 0.0;
                    for (int64_t k = 0; k < a.n0; ++k)
                        along += a.x[k * n + i] * a.x[k * n + j];
                    for (int64_t k = 0; k < a.n0; ++k)
                        a.x[k * n + j] -= along * a.x[k * n + i];
                }
            }
            total = 0.0;
            for (int64_t k = 0; k < a.n0; ++k)
                total += a.x[k * n + j] * a.x[k * n + j];
        }
        for (int64_t k = 0; k < a.n0; ++k)
            a.x[k * n + j] /= sqrt(total);
    }
}

/* The thin singular value decomposition, by rotations of the columns. */
static void singular_d(arena *w, dvec given, dvec *left, dvec *sizes, dvec *right)
{
    if (given.n0 < given.n1) {
        dvec u, v;
        singular_d(w, turned_d(w, given), &v, sizes, &u);
        *left = turned_d(w, u);
        *right = turned_d(w, v);
        return;
    }
    dvec a = copy_d(w, given), v = unit_d(w, given.n1), d = new_d(w, given.n1, 1, 1, 0.0);
    const int64_t n = a.n1;
    ivec order;
    for (int turn = 0, busy = 1; busy && turn < 60; ++turn) {
        busy = 0;
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t j = i + 1; j < n; ++j) {
                double p = 0.0, q = 0.0, r = 0.0, c, s;
                for (int64_t k = 0; k < a.n0; ++k) {
                    p += a.x[k * n + i] * a.x[k * n + i];
                    q += a.x[k * n + i] * a.x[k * n + j];
                    r += a.x[k * n + j] * a.x[k * n + j];
                }
                if (fabs(q) <= 1e-300 || fabs(q) <= 1e-15 * sqrt(p) * sqrt(r))
                    continue;
                busy = 1;
                rotation_of(p, q, r, &c, &s);
                turn_columns(a, i, j, c, s);
                turn_columns(v, i, j, c, s);
            }
        }
    }
    for (int64_t j = 0; j < n; ++j) {
        double total = 0.0;
        for (int64_t k = 0; k < a.n0; ++k)
            total += a.x[k * n + j] * a.x[k * n + j];
        d.x[j] = -sqrt(total);
    }
    order = order_d(w, d);
    *left = columns_d(w, a, order);
    *right = turned_d(w, columns_d(w, v, order));
    *sizes = sorted_d(w, d);
    for (int64_t j = 0; j < n; ++j)
        sizes->x[j] = -sizes->x[j];
    complete_d(*left, *sizes);
}

/* Solve a @ x = b for all columns of b, by elimination. */
static dvec solved_d(arena *w, dvec given, dvec right)
{
    dvec a = copy_d(w, given), x = copy_d(w, right);
    const int64_t n = a.n0, m = length_d(x) / (n > 0 ? n : 1);
    for (int64_t k = 0; k < n; ++k) {
        int64_t best = k;
        for (int64_t i = k + 1; i < n; ++i)
            best = fabs(a.x[i * n + k]) > fabs(a.x[best * n + k]) ? i : best;
        if (a.x[best * n + k] == 0.0)
            refuse(w, "the matrix is singular");
        for (int64_t j = 0; best != k && j < n; ++j) {
            const double kept = a.x[k * n + j];
            a.x[k * n + j] = a.x[best * n + j];
            a.x[best * n + j] = kept;
        }
        for (int64_t j = 0; best != k && j < m; ++j) {
            const double kept = x.x[k * m + j];
            x.x[k * m + j] = x.x[best * m + j];
            x.x[best * m + j] = kept;
        }
        for (int64_t i = k + 1; i < n; ++i) {
            const double share = a.x[i * n + k] / a.x[k * n + k];
            for (int64_t j = k; j < n; ++j)
                a.x[i * n + j] -= share * a.x[k * n + j];
            for (int64_t j = 0; j < m; ++j)
                x.x[i * m + j] -= share * x.x[k * m + j];
        }
    }
    for (int64_t k = n - 1; k >= 0; --k) {
        for (int64_t j = 0; j < m; ++j) {
            for (int64_t i = k + 1; i < n; ++i)
                x.x[k * m + j] -= a.x[k * n + i] * x.x[i * m + j];
            x.x[k * m + j] /= a.x[k * n + k];
        }
    }
    return x;
}

static dvec inverse_d(arena *w, dvec a)
{
    return solved_d(w, a, unit_d(w, a.n0));
}

/* An orthonormal basis of the columns, by Gram and Schmidt, twice. */
static dvec basis_d(arena *w, dvec given)
{
    dvec a = copy_d(w, given);
    const int64_t n = a.n1;
    for (int64_t j = 0; j < n; ++j) {
        double total = 0.0;
        for (int turn = 0; turn < 2; ++turn) {
            for (int64_t i = 0; i < j; ++i) {
                double along = 0.0;
                for (int64_t k = 0; k < a.n0; ++k)
                    along += a.x[k * n + i] * a.x[k * n + j];
                for (int64_t k = 0; k < a.n0; ++k)
                    a.x[k * n + j] -= along * a.x[k * n + i];
            }
        }
        for (int64_t k = 0; k < a.n0; ++k)
            total += a.x[k * n + j] * a.x[k * n + j];
        for (int64_t k = 0; k < a.n0; ++k)
            a.x[k * n + j] /= sqrt(total);
    }
    return a;
}
