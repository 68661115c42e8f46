/** Where words are found in a name: 0 at its beginning, 1 at the beginning of a word, 2 elsewhere. */
export function nameRank(name: string, words: string): 0 | 1 | 2 {
  const [low, wanted] = [name.toLowerCase(), words.trim().toLowerCase()];
  if (low.startsWith(wanted)) return 0;
  return low.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ||
    low.includes(` ${wanted}`)
    ? 1
    : 2;
}

/** Those that begin with the words before those that have them somewhere; otherwise as they come. */
export function byNameRank<T>(items: readonly T[], words: string, nameOf: (item: T) => string) {
  return items.toSorted((a, b) => nameRank(nameOf(a), words) - nameRank(nameOf(b), words));
}
