/** A choice that this browser remembers. */
export function remembered<T extends string>(key: string, choices: readonly [T, ...T[]]) {
  return {
    read: (): T => choices.find((choice) => choice === localStorage.getItem(key)) ?? choices[0],
    write: (choice: T) => {
      localStorage.setItem(key, choice);
    },
  };
}
