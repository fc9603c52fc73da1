/**
 * Records every attempt of an instance in an archive, with its bodies. Listens only: the transfers are those of the
 * network. Does not know the form of an entry.
 */
import { INFO, OPTION } from '../engine/node-libcurl/binding.js'
import { listenTo } from '../engine/handle/listen.js'
import type { EngineTransfer } from '../engine/request/engine-transfer.js'
import { everywhere, type Canceller, type Wire, type WiredHandle } from '../engine/request/wire.js'
import { isSending } from '../engine/request/request-method.js'
import { methodOf, urlOf, type LaunchOrder } from '../engine/request/wire-request.js'
import { messageOf } from '../errors.js'
import { lastResponseLines } from '../transfer/response-headers.js'
import { isWebUrl, withoutCredentials } from '../url/comparable-url.js'
import { contentOf, hopEntry } from './exchange-entry.js'
import { ExchangeLog, MOST_KEPT, receivedFields, type Exchange } from './exchange-log.js'
import { HarFile } from './har-file.js'
import { addressField, named, rounded, sumOf, timingsOf, type HarEntry } from './har-format.js'
import { phasesOf } from './phases.js'

/** The line that says what a recording may hold. */
export const WARNING = 'bodies and URLs are recorded as they are: they may hold secrets'

const EFFECTIVE_URL = INFO['EFFECTIVE_URL'] as number
const CONTENT_DECODING = OPTION['HTTP_CONTENT_DECODING'] as number
const ACCEPT_ENCODING = OPTION['ACCEPT_ENCODING'] as number

/** The size of a body that is not known. */
const UNKNOWN = -1

interface Recording {
  /** The URL of the request, with its scheme. */
  readonly url: string
  readonly log: ExchangeLog
  readonly body: Buffer[]
  readonly startedAt: number
  bytes: number
}

/** Where the warning goes. */
export const notice: { say: (text: string) => void } = {
  say: (text) => {
    process.emitWarning(text, { code: 'PARALLELCURL_RECORD' })
  },
}

/** Records in one file. */
export class Recorder implements Wire {
  private readonly file: HarFile
  private isBroken = false
  private lastStart = 0
  private readonly running = new Map<WiredHandle, Recording>()
  /** What stood in for the network when an attempt began. */
  private readonly below = new WeakMap<WiredHandle, Wire | null>()

  /** Throws `OptionError` if the path cannot be written. */
  constructor(private readonly path: string) {
    this.file = new HarFile(path, WARNING)
    notice.say(`record: ${JSON.stringify(path)}: ${WARNING}`)
  }

  begin(handle: WiredHandle, canceller: Canceller): number {
    // A mock that is installed is the network that is recorded.
    const { wire } = everywhere
    this.below.set(handle, wire)
    return this.listen(handle) || (wire?.begin(handle, canceller) ?? 0)
  }

  end(handle: WiredHandle): void {
    this.write(handle)
    this.below.get(handle)?.end(handle)
  }

  close(): void {
    this.file.close()
  }

  private listen(handle: WiredHandle): number {
    const { order, transfer } = handle
    if (this.isBroken || order === null || transfer === null || handle.keepsConnection) return 0
    const url = urlOf(order, transfer.url)
    if (!isWebUrl(url)) return 0
    const log = new ExchangeLog(() => String(handle.readInfo(EFFECTIVE_URL) ?? url))
    const recording: Recording = { url, log, body: [], startedAt: this.nextStart(), bytes: 0 }
    this.running.set(handle, recording)
    return listenTo(handle, log.listen, (chunk) => {
      recording.bytes += chunk.length
      if (recording.bytes <= MOST_KEPT) recording.body.push(chunk)
    })
  }

  private write(handle: WiredHandle): void {
    const recording = this.running.get(handle)
    const { transfer } = handle
    if (recording === undefined || transfer === null) return
    this.running.delete(handle)
    try {
      this.file.add(entriesOf(handle, transfer, recording))
    } catch (error) {
      // The transfers go on: they are worth more than their recording.
      notice.say(`record: ${JSON.stringify(this.path)} cannot be written, and ends here: ${messageOf(error)}`)
      this.isBroken = true
    }
  }

  /** Returns the time, later than the last one: attempts of one moment keep their order. */
  private nextStart(): number {
    return (this.lastStart = Math.max(performance.timeOrigin + performance.now(), this.lastStart + 0.001))
  }
}

function entriesOf(
  handle: WiredHandle,
  transfer: EngineTransfer,
  { url, log, body, startedAt, bytes }: Recording,
): HarEntry[] {
  const number = (name: string): number => Number(handle.readInfo(INFO[name] as number) ?? 0)
  const exchanges = log.exchanges(url)
  // A redirect may lead to another protocol, and libcurl takes "ftp.example" for a server of FTP.
  if (!isWebUrl(String(handle.readInfo(EFFECTIVE_URL) ?? '')))
    return exchanges.map((exchange) => hopEntry(exchange, { bodies: true }))
  const entries = (exchanges.length > 0 ? exchanges : [unsent(handle, transfer, url)]).map((exchange) =>
    hopEntry(exchange, { bodies: true }),
  )
  for (const [at, entry] of entries.entries())
    entry._order = rounded(at === 0 ? startedAt : (exchanges[at] as Exchange).sentAt)
  const last = entries.at(-1) as HarEntry
  // libcurl measures all hops together.
  if (entries.length === 1) last.timings = timingsOf(phasesOf(number))
  last.time = sumOf(last.timings)
  const { response } = last
  if (bytes > MOST_KEPT)
    response.content = { ...response.content, size: bytes, comment: 'the body is too long to be kept' }
  else
    response.content = contentOf(Buffer.concat(body), response.content.mimeType, !decodes(handle, response))
  response.bodySize = number('SIZE_DOWNLOAD_T')
  // libcurl 7.88 does not log trailers; whoever can see them has the header lines.
  const { trailers } = lastResponseLines(transfer.headerLines?.lines() ?? [])
  const fields = receivedFields(trailers, false)
  if (fields.length > 0) response._trailers = named(fields)
  if (transfer.errno !== 0) response._error = `${String(transfer.errno)}: ${transfer.error}`
  Object.assign(last, addressField(String(handle.readInfo(INFO['PRIMARY_IP'] as number) ?? '')))
  return entries
}

/** True if the body is recorded as its text: it was not encoded, or libcurl has decoded it. */
function decodes({ order }: WiredHandle, { headers }: HarEntry['response']): boolean {
  const isEncoded = headers.some(({ name }) => name.toLowerCase() === 'content-encoding')
  const options = order?.options
  return !isEncoded || (options?.isSet(ACCEPT_ENCODING) === true && options.value(CONTENT_DECODING) !== 0)
}

/** Stands for a request that was never sent. It has the body that would have been sent: a replay looks for it. */
function unsent({ order }: WiredHandle, { bodySource, launchedAt }: EngineTransfer, url: string): Exchange {
  const at = performance.timeOrigin + launchedAt
  const body = order === null || bodySource !== null ? null : bodyOf(order)
  return {
    method: order === null ? 'GET' : methodOf(order),
    url: withoutCredentials(url),
    httpVersion: '',
    requestLines: body === null || body.type === '' ? [] : ['', `Content-Type: ${body.type}`],
    requestBody: body?.bytes ?? Buffer.alloc(0),
    requestBytes: body?.bytes.length ?? UNKNOWN,
    responseLines: [],
    trailers: [],
    sentAt: at,
    answeredAt: at,
    endedAt: at,
  }
}

/** Returns the body of an order, and its own type; null if only sending it would tell: a file, a function. */
function bodyOf({
  body,
  bodyStart,
  isEmptyPost,
  options,
}: LaunchOrder): { bytes: Buffer; type: string } | null {
  if (body === null) {
    const isOfFunction = isSending(options) && !isEmptyPost
    return isOfFunction ? null : { bytes: Buffer.alloc(0), type: '' }
  }
  if (bodyStart > 0 || body.kind === 'sources') return null
  if (body.kind === 'text') return { bytes: Buffer.from(body.text), type: '' }
  const parts = body.kind === 'bytes' ? [body.bytes] : body.segments
  if (!parts.every((part) => part instanceof Uint8Array)) return null
  return { bytes: Buffer.concat(parts), type: body.contentType ?? '' }
}
