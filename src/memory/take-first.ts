/** Takes the first element of a short list. Does not know the elements. */

/** `pop()` for the usual case of one element: `shift()` is slower because it leaves compiled code. */
export function takeFirst<E>(list: E[]): E | undefined {
  return list.length > 1 ? list.shift() : list.pop()
}
