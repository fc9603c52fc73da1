/**
 * Lists that usually hold one item. Does not know the items.
 */

/**
 * Returns the list with one more item; null stands for an empty list. `[item]` instead of a push: pushing the
 * first item to an empty array reserves room for 17. Measured with `startRequest` against plain arrays, one
 * request in flight: 5.5 % fewer instructions outside of the kernel on Node 24, 4.4 % on Node 20 (6.8 % with a
 * UTF-8 locale), under valgrind, one count each; 3,550 instead of 4,100 bytes of heap on Node 24, 3,000 instead
 * of 3,900 on Node 20. With 50 in flight, heap does not differ. native-calls.test.ts has the limit.
 */
export function appended<T>(list: T[] | null, item: T): T[] {
  if (list === null) return [item]
  list.push(item)
  return list
}
