/**
 * The settings that the plain command's options make beside curl's, and the combinations that cannot be. Does
 * not act on them.
 */
import type { RunDraft } from '../../arguments/flags/run-draft.js'
import { draftRun } from '../../arguments/flags/drafts.js'
import { UsageError } from '../../errors/errors.js'
import type { Invocation, Operation } from '../invocation.js'

/** The settings, and what of the command line they depend on. */
export interface OurSettings {
  readonly draft: RunDraft
  /** The time that transfers in flight have after a signal. Milliseconds; null: a signal ends the process. */
  readonly graceMs: number | null
  /** True if each operation names its own proxy. */
  readonly namesProxies: boolean
  /** True if transfers may wait in the library although others could run: more of them are begun, then. */
  readonly hasLimits: boolean
  /** The methods that `--retry` repeats; null: all, as in curl. */
  readonly retryMethods: readonly string[] | null
}

const STDOUT = '-'
const LIMITS = [
  'adaptive',
  'delay-host',
  'parallel-max-proxy',
  'rate-host',
  'rate-limit-headers',
  'rate-proxy',
]

/** Reads the settings. Throws `UsageError` if they are wrong, or cannot be combined with curl's options. */
export function ourSettings({ global, operations }: Invocation): OurSettings {
  const draft = draftRun(global.ours)
  const isGiven = (long: string): boolean => global.ours.some(([name]) => name === long)
  if (draft.jsonl) refuseStdout(global.stderr, global.trace.file, operations)
  if (draft.sessions !== undefined) takeCookies(draft, operations)
  const keepsFiles = draft.har !== undefined || draft.report !== undefined || draft.sessionsFile !== undefined
  const isHandled = isGiven('grace') || keepsFiles
  return {
    draft,
    graceMs: isHandled ? (isGiven('grace') ? (draft.graceMs ?? 0) : 0) : null,
    namesProxies: operations.every(({ settings }) => settings.proxy !== undefined),
    hasLimits: LIMITS.some(isGiven),
    retryMethods: isGiven('retry-methods') ? draft.retryMethods : null,
  }
}

/** stdout has the JSON lines: nothing else may be among them. */
function refuseStdout(
  stderr: string | undefined,
  trace: string | undefined,
  operations: readonly Operation[],
): void {
  const named: [string, string | undefined][] = [
    ['--stderr', stderr],
    ['--trace', trace],
  ]
  for (const { settings, targets } of operations) {
    named.push(['-D', settings.dumpHeader], ['-c', settings.cookieJar], ['--etag-save', settings.etagSave])
    for (const { output } of targets) named.push(['-o', output])
  }
  const found = named.find(([, path]) => path === STDOUT)
  if (found === undefined) return
  throw new UsageError(`--jsonl has stdout: ${found[0]} - cannot write to it, too (name a file)`)
}

/** Each session begins with the cookies of all `-b FILE`. */
function takeCookies(draft: RunDraft, operations: readonly Operation[]): void {
  for (const { settings } of operations) {
    for (const file of settings.cookieFile)
      if (!draft.cookieFiles.includes(file)) draft.cookieFiles.push(file)
    if (settings.cookieJar !== undefined) draft.cookieJar = settings.cookieJar
    if (settings.junkSessionCookies) draft.dropsSessionCookies = true
  }
  if (draft.cookieFiles.length === 0) draft.dropsSessionCookies = false
}
