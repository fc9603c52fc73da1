/**
 * Finds the results of a script that differ between PHP and the migration kit. Does not know which are known.
 */
import type { Seen } from '../real.js'
import { decoded, steady } from '../steady.js'

/** Returns the differences by the step or the kind of result: `{ 'step 3': { php, here } }`. */
export function compare(real: Seen, port: Seen): Seen {
  const differences: Seen = {}
  const check = (what: string, theirs: unknown, ours: unknown): void => {
    if (textOf(theirs) !== textOf(ours)) differences[what] = { php: theirs, here: ours }
  }
  const results = [real['results'], port['results']] as unknown[][]
  for (let step = 0; step < Math.max(...results.map((each) => each.length)); step++) {
    const [theirs, ours] = results.map((each) => each[step]) as [unknown, unknown]
    const messages = [messageOf(theirs), messageOf(ours)]
    if (messages[0] === undefined || messages[1] === undefined) check(`step ${String(step)}`, theirs, ours)
    else if (!core(messages[1]).includes(core(messages[0])))
      differences[`message ${String(step)}`] = { php: theirs, here: ours }
  }
  for (const key of ['printed', 'log', 'requests', 'outs']) check(key, real[key], port[key])
  check('warnings', (real['warnings'] as string[]).map(core), (port['warnings'] as string[]).map(core))
  return differences
}

function messageOf(result: unknown): string | undefined {
  const isThrow = typeof result === 'object' && result !== null && 'throws' in result
  return isThrow ? String(result.throws) : undefined
}

/** The part of a message that has to be the same: without the type that was given. */
function core(message: string): string {
  return message
    .replace(/, \S+ given$/, '')
    .replace(/class (stdClass|class@\S+|Something)/, 'class ANY')
    .replace(/^curl_setopt\(\): (?=supplied|The provided)/, '')
}

/** As text, without the time of day. */
function textOf(value: unknown): string {
  const text = JSON.stringify([value], (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))
      : decoded(part),
  )
  return steady(text)
}
