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

/** True once stores were seen, or wherever they cannot be seen. */
let hasSeenStores = !usesFrames && !usesProperties

function isInFrame(frame: symbol): boolean {
  const storage = new AsyncLocalStorage<boolean>()
  const look = (): unknown => (new AsyncResource(NAME) as Stores)[frame]
  // In a context of its own: `run()` leaves a frame behind, without a store in it.
  const found = new AsyncResource(NAME).runInAsyncScope(() => storage.run(true, look))
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
 * True if stores were seen in any context so far, this one included. While there are none, nothing needs to
 * be called in a context, which would cost each request 300 bytes of garbage.
 */
export function storesAreUsed(): boolean {
  if (!hasSeenStores) callerContext()
  return hasSeenStores
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
  if (usesFrames) {
    const isInUse = context[FRAME] !== undefined
    hasSeenStores ||= isInUse
    return isInUse
  }
  if (!usesProperties) return true
  if (!hasSeenStores && hasIdsOnly(context)) return false
  // A storage that is used anywhere adds its property to all contexts.
  hasSeenStores = true
  return Object.getOwnPropertySymbols(context).some(
    (key) => !IDS.has(key.description) && context[key] !== undefined,
  )
}

/** Takes the ids of any context, and no other property. */
const onlyIds: object = Object.seal(
  Object.fromEntries(symbols.filter(({ description }) => IDS.has(description)).map((id) => [id, 0])),
)

/** Reading the keys of an object takes twelve times the memory, and three times as long. */
function hasIdsOnly(context: object): boolean {
  try {
    Object.assign(onlyIds, context)
    return true
  } catch {
    return false
  }
}

const newContext = (): AsyncResource => new AsyncResource(NAME)

/** Calls a function in a context. */
export function inContext<This, Args extends unknown[], Result>(
  context: CallerContext,
  call: (this: This, ...args: Args) => Result,
  receiver: This,
  ...args: Args
): Result {
  // With properties, `enterWith()` of a function would change the context for the functions that follow.
  const own = usesProperties ? context.runInAsyncScope(newContext) : context
  return own.runInAsyncScope(call, receiver, ...args)
}
