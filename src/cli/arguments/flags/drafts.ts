/** Applies options to the drafts of a run and of a command for queues. Does not parse them. */
import { UsageError } from '../../errors/errors.js'
import { flagNamed } from '../flags.js'
import type { Effect, Flag, Given } from './flag.js'
import type { QueueDraft } from './queue-draft.js'
import { QUEUE_FLAGS } from './queue-flags.js'
import { RunDraft } from './run-draft.js'

/** Returns the settings of a run. Throws `UsageError` for a wrong value or a missing companion option. */
export function draftRun(given: readonly Given[]): RunDraft {
  checkCompany(given)
  return applied(new RunDraft(), given, flagNamed, ({ onRun }) => onRun)
}

/** Returns the settings of a command for queues. Throws `UsageError` for a wrong value. */
export function draftQueue(given: readonly Given[]): QueueDraft {
  return applied<QueueDraft>(
    {},
    given,
    (long) => QUEUE_FLAGS.get(long),
    ({ onQueue }) => onQueue,
  )
}

function applied<Draft>(
  draft: Draft,
  given: readonly Given[],
  find: (long: string) => Flag | undefined,
  effectOf: (flag: Flag) => Effect<Draft> | undefined,
): Draft {
  const last = new Map(given.map((one) => [one[0], one]))
  for (const one of given) {
    const [long, value] = one
    const flag = find(long)
    if (flag === undefined || (flag.isRepeatable !== true && last.get(long) !== one)) continue
    effectOf(flag)?.(draft, value ?? '', long)
  }
  return draft
}

function checkCompany(given: readonly Given[]): void {
  const names = new Set(given.map(([long]) => long))
  for (const long of names) {
    const other = flagNamed(long)?.goesWith
    if (other === undefined || names.has(other)) continue
    const value = flagNamed(other)?.value
    throw new UsageError(`--${long} goes with --${other}${value === undefined ? '' : ` ${value}`}`)
  }
}
