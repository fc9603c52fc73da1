/**
 * The open sockets and WebSockets of one instance: builds their requests, and ends them on abort or close.
 * Does not read or write bytes.
 */
import type { Connection } from '../../bodies/sockets/connection.js'
import { CurlSocket, type SocketOptions } from '../../bodies/sockets/curl-socket.js'
import { Poller } from '../../bodies/sockets/poller.js'
import { CurlWebSocket, type WebSocketOptions } from '../../bodies/sockets/web-socket.js'
import type { Handshake } from '../../bodies/sockets/web-socket-handshake.js'
import { hasWebSockets, libcurlVersion, nodeLibcurlMajor, OPTION } from '../../engine/node-libcurl/binding.js'
import { makeOrder, type LaunchOrder } from '../../engine/request/wire-request.js'
import type { ConnectionSettings } from '../../engine/handle/easy-handle.js'
import type { RawConnection } from '../../engine/handle/raw-connection.js'
import { CurlError, OptionError } from '../../errors.js'
import { NO_OPTIONS, ownLayer } from '../../options/compile-options.js'
import type { CompiledOptions, Settings } from '../../options/values/compiled-options.js'
import { EffectiveOptions } from '../../engine/request/effective-options.js'
import { layered } from '../../options/layers.js'
import { HTTP_3, HTTP_3_ONLY } from '../../options/values/http-version.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { AbortSignals } from '../dispatch/abort-signals.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import type { RequestOptions } from '../options/run-options.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

const HTTP_AND_HTTPS = 1 | 2
const HTTP_1_1 = 2
const VERBOSE = OPTION.VERBOSE as number
/** The prefixes that libcurl writes before verbose lines on stderr: text, received headers, sent headers. */
const MARKS: readonly (string | undefined)[] = ['* ', '< ', '> ']
const PROTOCOLS = 'Sec-WebSocket-Protocol'

/** Options of {@link ParallelCurl.connect}: options of the request, and of the socket. */
export interface ConnectOptions extends RequestOptions, SocketOptions {}

/** Options of {@link ParallelCurl.webSocket}: options of the request, and of the WebSocket. */
export interface WebSocketConnectOptions extends RequestOptions, WebSocketOptions {}

/** An open socket or WebSocket. */
interface Open {
  destroy(error?: Error): unknown
}

/** The options about bodies, which a connection does not have. */
const BODY_OPTIONS = [
  'output',
  'outputDir',
  'createDirs',
  'keepPartial',
  'resume',
  'onData',
  'responseType',
  'upload',
  'uploadSize',
  'dedupe',
]

/**
 * Checks the URL of `connect()` or `webSocket()`. Throws `OptionError` if the scheme or the port is wrong, or
 * this build has no WebSockets.
 */
export function checkTarget(where: 'connect' | 'webSocket', url: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  const schemes = where === 'connect' ? ['tcp', 'tls', 'http', 'https'] : ['ws', 'wss']
  if (scheme === undefined || !schemes.includes(scheme)) {
    const names = schemes.map((name) => `${name}://`).join(', ')
    const got = scheme === undefined ? 'none' : `${scheme}://`
    throw new OptionError(`${where}: the URL needs one of the schemes ${names}; it has ${got}`, 'url')
  }
  if ((scheme === 'tcp' || scheme === 'tls') && !/^[a-z]+:\/\/[^/?#]*:\d+(?:[/?#]|$)/i.test(url))
    throw new OptionError(`connect: ${scheme}:// needs a port`, 'url')
  if (where === 'webSocket' && !hasWebSockets()) {
    throw new OptionError(
      `webSocket: this build has no WebSockets (node-libcurl ${String(nodeLibcurlMajor)} on ${libcurlVersion.split(' ')[0] ?? ''}): they need node-libcurl 5 on a libcurl with ws (8.11 or newer has it by default). On every build the package ws works over connect(): new WebSocket(url, { createConnection: () => socket })`,
    )
  }
}

/**
 * Returns the order for a connection: the request's options, without those that only concern a request.
 *
 * @param handshake the handshake of a WebSocket; null for a socket
 */
export function connectionOrder(
  { options: { shared } }: LaunchOrder,
  own: CompiledOptions,
  handshake: Handshake | null,
): LaunchOrder {
  const where = handshake === null ? 'connect' : 'webSocket'
  const settings = own.settings as Readonly<Record<string, unknown>>
  const misplaced = BODY_OPTIONS.find((name) => settings[name] !== undefined)
  if (misplaced !== undefined)
    throw new OptionError(`${where}: ${misplaced} is for requests: a connection has no body`, misplaced)
  const version = new EffectiveOptions(shared, own).number(OPTION.HTTP_VERSION as number)
  if (version === HTTP_3_ONLY)
    throw new OptionError(
      `${where}: a connection of HTTP/3 has no bytes of its own: leave out httpVersion '3only'`,
    )
  // The connection is not reused anyway. With FORBID_REUSE, libcurl would close it as soon as it is open.
  const staysOpen = [OPTION.FORBID_REUSE, 0] as const
  // HTTP/3 or else: else. A version above HTTP/1.1 would open a connection without a stream of bytes.
  const overTcp = version === HTTP_3 ? ([[OPTION.HTTP_VERSION, HTTP_1_1]] as const) : []
  // No ALPN by default, but the user's options win: a user who speaks HTTP over the socket may need it.
  const below = handshake === null ? ownLayer([OPTION.SSL_ENABLE_ALPN, 0]) : NO_OPTIONS
  const above =
    handshake === null
      ? ownLayer(
          staysOpen,
          ...overTcp,
          [OPTION.CONNECT_ONLY, 1],
          [OPTION.HTTPPROXYTUNNEL, 1],
          [OPTION.PROTOCOLS, HTTP_AND_HTTPS],
        )
      : ownLayer(
          staysOpen,
          ...overTcp,
          [OPTION.CONNECT_ONLY, 2],
          [OPTION.HTTPGET, 1],
          [OPTION.CUSTOMREQUEST, null],
          [OPTION.PROTOCOLS_STR, 'ws,wss'],
          [OPTION.WS_OPTIONS, 0],
        )
  const given = layered(layered(below, own), above)
  if (handshake === null) return orderOf(shared, given, { connection: 'bytes' })
  const all = layered(given, withHandshake(new EffectiveOptions(shared, given), handshake))
  return orderOf(shared, all, { connection: 'frames', captureHeaders: true })
}

function orderOf(
  shared: CompiledOptions,
  own: CompiledOptions,
  settings: ConnectionSettings & Settings,
): LaunchOrder {
  return makeOrder(shared, { ...own, postFields: null, settings: { ...own.settings, ...settings } }, null)
}

/**
 * Adds the offered subprotocols, and a debug callback for the handshake: libcurl makes Sec-WebSocket-Key
 * itself and shows it only in the request.
 */
function withHandshake(options: EffectiveOptions, handshake: Handshake): CompiledOptions {
  const { headers } = options
  if (headers.some((line) => /^sec-websocket-extensions\s*:\s*\S/i.test(line)))
    throw new OptionError(
      'webSocket: HTTPHEADER offers Sec-WebSocket-Extensions, and libcurl has no extensions of WebSocket',
      'HTTPHEADER',
    )
  const offered = handshake.protocols.length === 0 ? null : `${PROTOCOLS}: ${handshake.protocols.join(', ')}`
  const lines = offered === null ? null : [...headers, offered]
  const isVerbose = options.isOn(VERBOSE)
  const userCallback = options.function('DEBUGFUNCTION')?.callback
  const callback = function (this: TransferRecord, type: number, data: Buffer): void {
    if (!handshake.hear(type, data)) return
    if (userCallback) Reflect.apply(userCallback, this, [type, data])
    // Without a debug callback of the user, VERBOSE has to write to stderr, as libcurl does.
    else if (isVerbose && MARKS[type] !== undefined)
      process.stderr.write(MARKS[type] + data.toString('latin1'))
  }
  return {
    ...ownLayer([VERBOSE, 1], ...(lines === null ? [] : [[OPTION.HTTPHEADER, lines] as const])),
    ...(lines !== null && { headers: lines }),
    functions: [{ id: OPTION.DEBUGFUNCTION as number, name: 'DEBUGFUNCTION', callback }],
  }
}

/** The open connections of one instance. */
export class Connections {
  private readonly open = new Map<TransferRecord, Open>()
  /** The connections that the caller has not received yet. */
  private readonly expected = new Set<TransferRecord>()
  private readonly poller = new Poller()
  private readonly signals = new AbortSignals((transfer, reason) => {
    this.abortOne(transfer, reason)
  })

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly codeName: (errno: number) => string,
  ) {}

  /** Registers a connection that a caller waits for, until {@link handOver}. */
  expect(transfer: TransferRecord): void {
    this.expected.add(transfer)
  }

  /**
   * Checks a finished connection attempt: fails it if the signal was aborted meanwhile (by a callback earlier
   * in the same batch), or if the server's handshake response is invalid. Returns true if the connection is
   * usable.
   */
  arrive(transfer: TransferRecord, handshake: Handshake | null): boolean {
    if (transfer.errno !== 0) return false
    const { signal } = transfer.settings
    if (signal?.aborted) {
      this.fail(transfer, ABORTED_BY_CALLBACK, signal.reason)
      return false
    }
    const isWhole = transfer.headerLines?.lines().at(-1) === ''
    const problem = handshake?.problem(transfer.headers, isWhole) ?? null
    if (problem !== null) this.fail(transfer, problem.errno, new Error(problem.text))
    return problem === null
  }

  /** The caller has the connection now: it gets later errors from the socket itself. */
  handOver(transfer: TransferRecord): void {
    this.expected.delete(transfer)
  }

  /** Makes the socket of a connected transfer. */
  socket(transfer: TransferRecord, options: SocketOptions): CurlSocket {
    return this.adopt(transfer, (connection) => new CurlSocket(connection, this.poller, options))
  }

  /** Makes the WebSocket of a transfer whose handshake is complete. */
  webSocket(transfer: TransferRecord, handshake: Handshake, options: WebSocketOptions): CurlWebSocket {
    return this.adopt(
      transfer,
      (connection) => new CurlWebSocket(connection, this.poller, handshake, options),
    )
  }

  /** Aborts all connections for which `which` returns true. */
  abort(reason: unknown, which: (transfer: TransferRecord) => boolean): void {
    const connected = [...this.expected].filter((one) => one.state === 'done' && one.errno === 0)
    const all = new Set([...this.open.keys(), ...connected])
    for (const transfer of [...all].filter(which)) this.abortOne(transfer, reason)
  }

  /** Closes all connections without an error, because the instance is closed. */
  close(): void {
    for (const one of [...this.open.values()]) one.destroy()
  }

  private adopt<T extends Open>(transfer: TransferRecord, make: (connection: Connection) => T): T {
    const wire = this.dispatcher.engine.connectionOf(transfer)
    const { signal } = transfer.settings
    const one = make({
      wire,
      transfer,
      failure: (errno, reason) => this.failure(transfer, wire, errno, reason),
      close: () => {
        this.open.delete(transfer)
        if (signal !== undefined) this.signals.forget(signal, transfer)
        this.dispatcher.release(transfer)
      },
    })
    this.open.set(transfer, one)
    if (signal !== undefined) this.signals.watch(signal, transfer)
    return one
  }

  private abortOne(transfer: TransferRecord, reason: unknown): void {
    const one = this.open.get(transfer)
    if (this.expected.has(transfer)) {
      // The caller does not have the socket yet, so the connection attempt fails.
      if (transfer.errno === 0) this.fail(transfer, ABORTED_BY_CALLBACK, reason)
      one?.destroy()
    } else if (one !== undefined) {
      const wire = this.dispatcher.engine.connectionOf(transfer)
      one.destroy(this.failure(transfer, wire, ABORTED_BY_CALLBACK, reason))
    }
  }

  private fail(transfer: TransferRecord, errno: number, reason: unknown): void {
    const wire = this.dispatcher.engine.connectionOf(transfer)
    transfer.fail(errno, wire.describe(errno, reason), reason)
  }

  private failure({ url }: TransferRecord, wire: RawConnection, errno: number, cause: unknown): CurlError {
    return new CurlError(wire.describe(errno, cause), { errno, code: this.codeName(errno), url, cause })
  }
}
