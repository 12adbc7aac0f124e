/* 0 for groups that overlap, 1 where all are disjoint or nested, 2 for disjoint ones, 3 where they
   cover all entries besides, 4 where they do so in the order of the entries. */
static int64_t kind_of_groups(arena *w, ivec indices, ivec starts, ivec order, int64_t top)
{
    ivec count = new_i(w, top, 1, 1, 0), around = new_i(w, top, 1, 1, -1);
    int64_t most = 0, fewest = 1, rising = 1;
    for (int64_t i = 0; i < indices.n0; ++i) {
        most = larger_of(most, ++count.x[indices.x[i]]);
        rising = rising && (i == 0 || indices.x[i] > indices.x[i - 1]);
    }
    for (int64_t i = 0; i < top; ++i)
        fewest = smaller_of(fewest, count.x[i]);
    if (most <= 1)
        return fewest < 1 ? 2 : rising ? 4 : 3;
    for (int64_t k = order.n0 - 1; k >= 0; --k) {
        const int64_t j = order.x[k], start = starts.x[j], stop = starts.x[j + 1];
        for (int64_t i = start; i < stop; ++i)
            if (around.x[indices.x[i]] != around.x[indices.x[start]])
                return 0;
        for (int64_t i = start; i < stop; ++i)
            around.x[indices.x[i]] = j;
    }
    return 1;
}
