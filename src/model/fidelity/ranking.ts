/** Ranks from 1; equal values share the mean of theirs. */
export function rankValues(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
