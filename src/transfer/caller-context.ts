/**
 * The asynchronous context of a call (the stores of `AsyncLocalStorage`), kept for the functions of the
 * user's that run later. Without it they would get the context of whatever made libcurl work: often that of
 * another request. Does not know what runs.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

/** The context of a call. */
export type CallerContext = AsyncResource

type Stores = AsyncResource & Record<symbol, unknown>

const NAME = 'PARALLELCURL'
/** The first major of Node.js that keeps all stores together in one frame. */
const MAJOR_WITH_FRAMES = 24
const IDS: ReadonlySet<unknown> = new Set(['async_id_symbol', 'trigger_async_id_symbol'])

const symbols = Object.getOwnPropertySymbols(new AsyncResource(NAME))
/** The property with the frame; undefined if this Node.js has none, or does not use it. */
const FRAME = symbols.find(({ description }) => description === 'context_frame')
const usesFrames = FRAME !== undefined && isInFrame(FRAME)
/** True if each store has a property of its own. */
const usesProperties = !usesFrames && (FRAME !== undefined || majorOfNode() < MAJOR_WITH_FRAMES)

function isInFrame(frame: symbol): boolean {
  const storage = new AsyncLocalStorage<boolean>()
  const found = storage.run(true, () => (new AsyncResource(NAME) as Stores)[frame])
  storage.disable()
  return found !== undefined
}

function majorOfNode(): number {
  return Number(process.versions.node.split('.')[0])
}

/**
 * The context without stores. It is shared: a request that waits would be 70 bytes larger with a context of
 * its own.
 */
export const NO_CONTEXT: CallerContext = emptied(new AsyncResource(NAME))

/** This module may have been loaded by a request of a server, and in its context. */
function emptied(context: AsyncResource): AsyncResource {
  for (const key of Object.getOwnPropertySymbols(context))
    if (!IDS.has(key.description)) (context as Stores)[key] = undefined
  return context
}

/**
 * Returns the context of the caller: {@link NO_CONTEXT} if it has no stores. Where it cannot be told if there
 * are any (a future Node.js), a context of its own in any case.
 */
export function callerContext(): CallerContext {
  const context = new AsyncResource(NAME)
  return hasStores(context as Stores) ? context : NO_CONTEXT
}

function hasStores(context: Stores): boolean {
  if (usesFrames) return context[FRAME] !== undefined
  if (!usesProperties) return true
  const keys = Reflect.ownKeys(context) as symbol[]
  if (keys.length === IDS.size) return false
  return keys.some((key) => !IDS.has(key.description) && context[key] !== undefined)
}

const newContext = (): AsyncResource => new AsyncResource(NAME)

/** Calls a function in a context. */
export function inContext<This, Args extends unknown[], Result>(
  context: CallerContext,
  call: (this: This, ...args: Args) => Result,
  receiver: This,
  ...args: Args
): Result {
  // With properties, `enterWith()` of a function would change the context that all share.
  const own = context === NO_CONTEXT && usesProperties ? NO_CONTEXT.runInAsyncScope(newContext) : context
  return own.runInAsyncScope(call, receiver, ...args)
}
