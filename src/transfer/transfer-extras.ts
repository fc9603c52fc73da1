/**
 * The parts of a transfer that few have: a file, a stream, a session, a proxy, earlier attempts. Does not
 * know when they are set.
 */
import type { Readable } from 'node:stream'
import { OptionError } from '../errors.js'
import { TransferBody } from './transfer-body.js'
import type {
  Attempt,
  CacheOutcome,
  LaterBody,
  OutputFile,
  TransferSession,
  TransferTrace,
} from './transfer-types.js'

interface Extras {
  output: OutputFile | null
  session: TransferSession | null
  stream: Readable | null
  proxy: string | null
  attempts: readonly Attempt[]
  trace: TransferTrace | null
  cache: CacheOutcome | null
  laterBody: LaterBody | null
}

const NONE: Readonly<Extras> = {
  output: null,
  session: null,
  stream: null,
  proxy: null,
  attempts: [],
  trace: null,
  cache: null,
  laterBody: null,
}

/**
 * The base of {@link Transfer} with these parts in an object of their own: a transfer that waits in a long
 * queue is smaller without them.
 */
export abstract class TransferExtras extends TransferBody {
  private extras: Extras | null = null

  /** The file of the body, with the option `output`. Null until it is complete, and without that option. */
  get output(): OutputFile | null {
    return (this.extras ?? NONE).output
  }

  /** @internal */
  set output(output: OutputFile | null) {
    this.ownExtras().output = output
  }

  /** The session of the transfer, null if there is none; if it has changed between attempts, the last one. */
  get session(): TransferSession | null {
    return (this.extras ?? NONE).session
  }

  /** @internal */
  set session(session: TransferSession | null) {
    this.ownExtras().session = session
  }

  /** The body while it arrives. Throws `OptionError` without `responseType: 'stream'`. */
  get stream(): Readable {
    const { stream } = this.extras ?? NONE
    if (stream !== null) return stream
    throw new OptionError("there is no stream: set responseType: 'stream'", 'responseType')
  }

  /** @internal The body of `stream`. */
  get bodyStream(): Readable | null {
    return (this.extras ?? NONE).stream
  }

  /** @internal */
  set bodyStream(stream: Readable | null) {
    this.ownExtras().stream = stream
  }

  /** What became of the request with the option `cache`; null without that option. */
  get cache(): CacheOutcome | null {
    return (this.extras ?? NONE).cache
  }

  /** @internal */
  set cache(cache: CacheOutcome | null) {
    this.ownExtras().cache = cache
  }

  /** @internal The body, if it is still in a file. */
  get laterBody(): LaterBody | null {
    return (this.extras ?? NONE).laterBody
  }

  /** @internal */
  set laterBody(body: LaterBody | null) {
    this.ownExtras().laterBody = body
  }

  /** @internal The proxy of the running or last attempt, without credentials. */
  get proxy(): string | null {
    return (this.extras ?? NONE).proxy
  }

  /** @internal */
  set proxy(proxy: string | null) {
    this.ownExtras().proxy = proxy
  }

  /** @internal Set if `diagnostics_channel` has subscribers. */
  get trace(): TransferTrace | null {
    return (this.extras ?? NONE).trace
  }

  /** @internal */
  set trace(trace: TransferTrace | null) {
    this.ownExtras().trace = trace
  }

  /** @internal The attempts before the running or last one. */
  protected get earlierAttempts(): readonly Attempt[] {
    return (this.extras ?? NONE).attempts
  }

  /** @internal Ends an attempt that another one follows. */
  protected addAttempt(attempt: Attempt): void {
    const extras = this.ownExtras()
    extras.attempts = [...extras.attempts, attempt]
    extras.proxy = null
  }

  /** @internal Takes the session, the proxy and the attempts of a transfer that several requests share. */
  protected shareExtras({ extras }: TransferExtras): void {
    const { trace } = this
    const cache = extras?.cache ?? this.cache
    const isPlain = extras === null && trace === null && cache === null
    this.extras = isPlain ? null : { ...(extras ?? NONE), trace, cache }
  }

  /** @internal */
  protected copyExtrasTo(young: TransferExtras): void {
    young.extras = this.extras
  }

  private ownExtras(): Extras {
    return (this.extras ??= { ...NONE })
  }
}
