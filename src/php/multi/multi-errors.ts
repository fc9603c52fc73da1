/** libcurl's texts for `CURLM_*` codes, which node-libcurl does not hand out. Does not know their causes. */

/** Source: curl_multi_strerror(3) and libcurl-errors(3). */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [-1, 'Please call curl_multi_perform() soon'],
  [0, 'No error'],
  [1, 'Invalid multi handle'],
  [2, 'Invalid easy handle'],
  [3, 'Out of memory'],
  [4, 'Internal error'],
  [5, 'Invalid socket argument'],
  [6, 'Unknown option'],
  [7, 'The easy handle is already added to a multi handle'],
  [8, 'API function called from within callback'],
  [9, 'Wakeup is unavailable or failed'],
  [10, 'A libcurl function was given a bad argument'],
  [11, 'Operation was aborted by an application callback'],
  [12, 'Unrecoverable error in select/poll'],
])

/** Returns the text for a code. */
export function multiStrError(code: number): string {
  return TEXTS.get(code) ?? 'Unknown error'
}
