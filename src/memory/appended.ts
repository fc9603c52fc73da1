/**
 * Lists that hold one item as a rule. Does not know what is in them.
 */

/**
 * The list with one more item; null: an empty one. A list that has been empty makes room for 17 with its
 * first item.
 */
export function appended<T>(list: T[] | null, item: T): T[] {
  if (list === null) return [item]
  list.push(item)
  return list
}
