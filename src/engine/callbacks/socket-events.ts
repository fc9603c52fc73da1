/**
 * The events of a transfer's connection. They are read from libcurl's verbose lines (their wording differs
 * between versions: 7.88 and 8.22 are known) and from its pre-request callback. Does not know who receives
 * the events.
 */
import type { SocketEnds, SocketEventDetails } from '../../options/values/socket-event.js'
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'

const TRYING = /^\s*Trying (?:\[([^\]]+)\]|([^:\s]+)):(\d+)\.\.\.$/
const CACHED = /^Hostname .* was found in DNS cache$/
/**
 * 7.88: `Connected to localhost (127.0.0.1) port 80 (#0)`. 8.22 has a similar line, but only after TLS and
 * proxies are done.
 */
const CONNECTED = /^Connected to .* \(([^()]*)\) port (\d+)(?: \(#(\d+)\))?/
const ESTABLISHED = /^Established connection to /
/** The first line on a new connection with 8.22. */
const BEGUN =
  /^(?:ALPN: curl offers|TLSv[\d.]+ \(OUT\), TLS handshake, Client hello|CONNECT: |Establish(?:ing)? HTTP proxy tunnel|Opened SOCKS connection)/
const REUSED = /^Re-using existing connection #(\d+)/
const TUNNEL = /^Establish(?:ing)? HTTP proxy tunnel to (.+):(\d+)$/
const TUNNELLED = /^CONNECT tunnel established/
const SOCKS_TO = /^SOCKS[45]a? (?:connect to|communication to) (?:IPv[46] )?(.+):(\d+)(?: \(|$)/
const SOCKS_GRANTED = /^SOCKS[45]a? request granted/
const SOCKS_OPENED = /^Opened SOCKS connection from .* to (\S+) port (\d+) \(via /
const TLS = /^SSL connection using (\S+) \/ (\S+)/
const ALPN = /^ALPN[:,] server accepted (?:to use )?(\S+)/
const CLOSED = /^(?:closing|shutting down) connection #?(\d+)/i

const NOWHERE: SocketEnds = { address: '', port: 0, localAddress: '', localPort: 0 }

/** Reads the lines of one attempt. */
export class SocketEvents {
  /** The phase of the connection. */
  private state: 'none' | 'connecting' | 'connected' | 'used' = 'none'
  private ends = NOWHERE
  /** libcurl's number of the connection, null until a line names it. */
  private id: number | null = null
  private isCached = false
  private target = { host: '', port: 0 }
  /** A finished handshake, kept until libcurl has also accepted the certificate. */
  private tls: { protocol: string; cipher: string; alpn: string | null; at: number } | null = null

  constructor(
    private readonly easy: NativeEasy,
    private readonly emit: (event: SocketEventDetails, at: number) => void,
  ) {}

  /** Takes one verbose line of libcurl. */
  read(line: string): void {
    if (this.tls !== null) this.tls.alpn ??= ALPN.exec(line)?.[1] ?? null
    if (CACHED.test(line)) this.isCached = true
    const trying = TRYING.exec(line)
    if (trying !== null) {
      this.tryAddress(trying[1] ?? trying[2] ?? '', Number(trying[3]))
      return
    }
    const connected = CONNECTED.exec(line)
    if (connected !== null) {
      this.id = connected[3] === undefined ? null : Number(connected[3])
      this.connect({ address: connected[1] ?? '', port: Number(connected[2]) })
    } else if (ESTABLISHED.test(line) || BEGUN.test(line)) this.connect({})
    if (ESTABLISHED.test(line) || TUNNEL.test(line)) this.endTls()
    const reused = REUSED.exec(line)
    if (reused !== null) this.id = Number(reused[1])
    this.readTunnel(line)
    const tls = TLS.exec(line)
    if (tls !== null)
      this.tls = { protocol: nameOf(tls[1]), cipher: tls[2] ?? '', alpn: null, at: performance.now() }
    const closed = CLOSED.exec(line)
    if (closed !== null) this.close(Number(closed[1]))
  }

  /** Takes the pre-request callback of libcurl, which names both ends of the connection. */
  send(address: string, localAddress: string, port: number, localPort: number): void {
    this.connect({ address, port })
    this.endTls()
    this.ends = { address, port, localAddress, localPort }
    const id = INFO['CONN_ID'] === undefined ? null : getInfo(this.easy, INFO['CONN_ID'])
    if (typeof id === 'number' && id >= 0) this.id = id
    if (this.state !== 'connected') this.tell({ type: 'reused', ...this.ends })
    this.state = 'used'
  }

  private tryAddress(address: string, port: number): void {
    if (this.state !== 'connecting') {
      this.tell({ type: 'resolved', address, port, isCached: this.isCached })
      this.id = null
    }
    this.isCached = false
    this.state = 'connecting'
    this.ends = { ...NOWHERE, address, port }
  }

  /**
   * Reports the connection as connected. `known` has the address and port if libcurl has named them.
   * Otherwise the info of the handle counts, or the address that was tried last.
   */
  private connect(known: { address?: string; port?: number }): void {
    if (this.state !== 'connecting') return
    const text = (name: string): string => String(getInfo(this.easy, INFO[name] as number) ?? '')
    const address = known.address ?? (text('PRIMARY_IP') || this.ends.address)
    const port = known.port ?? this.ends.port
    const localPort = Number(getInfo(this.easy, INFO['LOCAL_PORT'] as number) ?? 0)
    this.ends = { address, port, localAddress: text('LOCAL_IP'), localPort: Math.max(localPort, 0) }
    this.state = 'connected'
    this.tell({ type: 'connected', ...this.ends })
  }

  private readTunnel(line: string): void {
    const target = TUNNEL.exec(line) ?? SOCKS_TO.exec(line) ?? SOCKS_OPENED.exec(line)
    if (target !== null) this.target = { host: unbracketed(target[1] ?? ''), port: Number(target[2]) }
    const isSocks = SOCKS_GRANTED.test(line) || SOCKS_OPENED.test(line)
    if (isSocks || TUNNELLED.test(line))
      this.tell({ type: 'tunnelled', via: isSocks ? 'socks' : 'http', ...this.target })
  }

  private endTls(): void {
    if (this.tls === null) return
    const { at, ...tls } = this.tls
    this.tls = null
    this.tell({ type: 'tls', ...tls }, at)
  }

  private tell(event: SocketEventDetails, at = performance.now()): void {
    this.emit(event, at)
  }

  /** Other connections are reported, too: a full pool closes its oldest one. */
  private close(id: number): void {
    if ((this.id !== null && this.id !== id) || (this.state !== 'connected' && this.state !== 'used')) return
    this.state = 'none'
    this.id = this.tls = null
    this.tell({ type: 'closed', ...this.ends })
  }
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** Returns a version of TLS as OpenSSL writes it: GnuTLS writes TLS1.3. */
function nameOf(protocol = ''): string {
  return protocol.replace(/^TLS(?=\d)/, 'TLSv')
}
