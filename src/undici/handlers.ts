/**
 * The two interfaces of undici's handlers behind one: that of undici 7 and 8 (`onRequestStart`), and the
 * older one (`onConnect`), which the `fetch` of several versions of Node.js still uses. Does not know where
 * responses come from.
 */
import { errors, util, type Dispatcher } from 'undici'

type DispatchHandler = Dispatcher.DispatchHandler

/** The older kind of handler. undici 7 calls its functions deprecated; the `fetch` of Node.js needs them. */
interface OlderHandler {
  onConnect(abort: (reason?: Error) => void): void
  onResponseStarted?(): void
  onHeaders(status: number, headers: RawHeaders, resume: () => void, statusText: string): unknown
  onData(chunk: Buffer): unknown
  onComplete(trailers: RawHeaders): void
  onError(error: Error): void
}
type DispatchController = Dispatcher.DispatchController

/** Names and values of header fields in turns, as undici's handlers get them: bytes. */
export type RawHeaders = Buffer[]

/** A handler of either kind. */
export interface ResponseHandler {
  start(controller: DispatchController): void
  /** May pause the controller, as {@link data} may. */
  head(controller: Controller, status: number, headers: RawHeaders, statusText: string): void
  data(controller: Controller, chunk: Buffer): void
  end(controller: Controller, trailers: RawHeaders): void
  fail(controller: Controller | null, error: Error): void
}

/** The controller that a handler gets. */
export class Controller implements DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: RawHeaders | null = null
  rawTrailers: RawHeaders | null = null

  constructor(
    private readonly onAbort: (reason: Error) => void,
    private readonly onResume: () => void,
  ) {}

  abort(reason?: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason ?? new errors.RequestAbortedError()
    this.onAbort(this.reason)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.onResume()
  }
}

/**
 * Returns a handler of either kind. Throws undici's error if it is neither.
 *
 * @param isFetch true if it is that of `fetch`, which reads the raw headers
 */
export function responseHandler(given: unknown, isFetch: boolean): ResponseHandler {
  const { InvalidArgumentError } = errors
  if (typeof given !== 'object' || given === null) throw new InvalidArgumentError('handler must be an object')
  const functions = given as Readonly<Record<string, unknown>>
  const isNew = typeof functions['onRequestStart'] === 'function'
  for (const name of isNew
    ? ['onResponseError']
    : ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError'])
    if (typeof functions[name] !== 'function') throw new InvalidArgumentError(`invalid ${name} method`)
  return isNew ? new PresentHandler(given, isFetch) : new FormerHandler(given as OlderHandler)
}

class PresentHandler implements ResponseHandler {
  constructor(
    private readonly handler: DispatchHandler,
    private readonly isFetch: boolean,
  ) {}

  start(controller: DispatchController): void {
    this.handler.onRequestStart?.(controller, undefined)
  }

  head(controller: Controller, status: number, headers: RawHeaders, statusText: string): void {
    controller.rawHeaders = headers
    const parsed = this.isFetch ? parsedWhenRead(headers) : util.parseHeaders(headers)
    this.handler.onResponseStart?.(controller, status, parsed, statusText)
  }

  data(controller: Controller, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk)
  }

  end(controller: Controller, trailers: RawHeaders): void {
    controller.rawTrailers = trailers
    this.handler.onResponseEnd?.(controller, util.parseHeaders(trailers))
  }

  fail(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error)
  }
}

/** Returns headers that are parsed only if anybody reads them. */
function parsedWhenRead(headers: RawHeaders): Record<string, string | string[]> {
  let parsed: Record<string, string | string[]> | null = null
  const read = (): Record<string, string | string[]> => (parsed ??= util.parseHeaders(headers))
  return new Proxy<Record<string, string | string[]>>(
    {},
    {
      get: (_target, name) => Reflect.get(read(), name) as unknown,
      has: (_target, name) => Reflect.has(read(), name),
      ownKeys: () => Reflect.ownKeys(read()),
      getOwnPropertyDescriptor: (_target, name) => Reflect.getOwnPropertyDescriptor(read(), name),
    },
  )
}

class FormerHandler implements ResponseHandler {
  constructor(private readonly handler: OlderHandler) {}

  start(controller: Controller): void {
    this.handler.onConnect((reason) => {
      controller.abort(reason)
    })
  }

  head(controller: Controller, status: number, headers: RawHeaders, statusText: string): void {
    this.handler.onResponseStarted?.()
    const resume = (): void => {
      controller.resume()
    }
    const wants = this.handler.onHeaders(status, headers, resume, statusText)
    // The answer to an informational response means nothing: there is no body to wait with.
    if (status >= 200 && wants === false) controller.pause()
  }

  data(controller: Controller, chunk: Buffer): void {
    if (this.handler.onData(chunk) === false) controller.pause()
  }

  end(_controller: Controller, trailers: RawHeaders): void {
    this.handler.onComplete(trailers)
  }

  fail(_controller: Controller | null, error: Error): void {
    this.handler.onError(error)
  }
}
