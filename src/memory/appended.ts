/**
 * Lists that usually hold one item. Does not know the items.
 */

/**
 * Returns the list with one more item; null stands for an empty list. `[item]` instead of a push: pushing the
 * first item to an empty array reserves room for 17. With one request in flight, a request then takes 3,550
 * instead of 4,100 bytes of heap on Node 24, and 3,000 instead of 3,900 on Node 20; with 50 in flight, as
 * many. native-calls.test.ts has the limit.
 */
export function appended<T>(list: T[] | null, item: T): T[] {
  if (list === null) return [item]
  list.push(item)
  return list
}
