/**
 * The transfers of a command line, made one at a time when their turn comes: a million URLs take no more
 * memory than one. Does not know how they are run.
 */
import { openSync } from 'node:fs'
import { WRITE_ERROR } from '../../../curl-codes.js'
import { expandTargets } from '../request/expand-targets.js'
import { planTransfer } from '../request/plan-transfer.js'
import { remoteFileName } from '../request/url-parts.js'
import { SetupError, type CurlContext, type GlobalSettings, type Operation } from '../invocation.js'
import { STDOUT } from '../output/descriptors.js'
import { makeFoldersOf } from '../output/file-names.js'
import type { RunMessages } from '../output/messages.js'
import type { TraceLog } from '../output/trace.js'
import type { Additions } from './additions.js'
import { Job } from './job.js'

/** The parts of a run that all of them share. */
export interface JobsContext {
  readonly global: GlobalSettings
  readonly messages: RunMessages
  readonly trace: TraceLog
  readonly reading: CurlContext
  /** The parts of the plain command; null if none of its options was given. */
  readonly ours: Additions | null
}

/** A transfer, and what went wrong while it was set up: it is not started, then. */
export interface MadeJob {
  readonly job: Job
  readonly problem: unknown
}

/**
 * All of them, in order.
 *
 * @throws CurlError for what is wrong with the command line, when its turn comes
 */
export function* makeJobs(operations: readonly Operation[], context: JobsContext): Generator<MadeJob, void> {
  for (const operation of operations) yield* jobsOf(operation, context)
}

function* jobsOf(
  operation: Operation,
  { global, messages, trace, reading, ours }: JobsContext,
): Generator<MadeJob, void> {
  let isFirst = true
  for (const expanded of expandTargets(operation, global, reading)) {
    const ticket = ours?.admit(operation, expanded) ?? null
    if (ours !== null && ticket === null) {
      // An earlier run has begun the file of `-D`.
      isFirst = false
      continue
    }
    const etagFd = openEtagFile(operation, messages)
    // The rest of its operation goes with it, as with curl.
    if (etagFd === undefined) return
    const job = new Job(operation, expanded, {
      global,
      messages,
      trace,
      isFirst,
      ours,
      ticket,
      plan: (...what) => planTransfer(what[0], what[1], global, reading, what[2]),
      remoteName: remoteFileName,
    })
    isFirst = false
    let problem: unknown
    try {
      job.setUp(etagFd)
    } catch (error) {
      problem = error
    }
    yield { job, problem }
  }
}

/**
 * The file of `--etag-save`; null: there is none, undefined: it cannot be made, and the transfer is left out.
 */
function openEtagFile(operation: Operation, messages: RunMessages): number | null | undefined {
  const { etagSave, createDirs } = operation.settings
  if (etagSave === undefined) return null
  if (createDirs && !makeFoldersOf(etagSave, messages)) throw new SetupError(WRITE_ERROR)
  if (etagSave === '-') return STDOUT
  try {
    return openSync(etagSave, 'a')
  } catch {
    messages.warn(`Failed creating file for saving etags: "${etagSave}". Skip this transfer`)
    return undefined
  }
}
