/**
 * One connection to the fault servers. If it came to a proxy, the proxy part runs first, then the origin
 * part, until the connection breaks as planned. Does not depend on other connections.
 */
import type net from 'node:net'
import { answerTo, CONTINUE, expectsContinue } from './answers.js'
import { RequestParser } from './parser.js'
import type { Break } from './plan.js'
import type { FaultHub, FaultRecord, FaultWire, Part } from './wire.js'
import { SocksGate } from '../servers/proxies/socks-gate.js'

const NAMES: Readonly<Record<Part, string>> = { origin: '', proxyA: 'A', proxyB: 'B', socks: 'socks' }

export class FaultConnection implements FaultWire {
  /** The user and the proxy, if the connection came through a tunnel. */
  via = ''
  /** The number of requests that were answered. */
  answers = 0
  record: FaultRecord | null = null
  /** True when further bytes are ignored. */
  isOver = false
  readonly parser: RequestParser
  /** The step in which the connection was opened. */
  readonly #openedIn: number
  /** CONNECT requests that were challenged. They are recorded only if no tunnel results from them. */
  #challenged: FaultRecord[] = []
  #isTunnel = false
  #socks: SocksGate | null = null
  #respond: (() => void) | null = null

  constructor(
    readonly server: FaultHub,
    readonly socket: net.Socket,
    readonly part: Part,
  ) {
    this.#openedIn = server.current
    this.parser = new RequestParser({
      onHead: (head) => {
        this.#onHead(head)
      },
      onBody: (bytes) => {
        if (this.record !== null) this.record.body += bytes
      },
      onEnd: () => {
        if (this.record !== null) this.record.isWhole = true
        const respond = this.#respond
        this.#respond = null
        if (respond === null) return
        this.server.onStage('request')
        respond()
      },
    })
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      if (this.#socks !== null) this.#socks.push(bytes)
      else this.take(bytes.toString('latin1'))
    })
    // Record an incomplete head if the client leaves: it shows which request it was.
    socket.on('close', () => {
      if (this.isOver || this.parser.pending === '') return
      this.server.keep(this.#newRecord(this.parser.pending))
    })
  }

  start(): void {
    if (this.part === 'socks') this.#socks = new SocksGate(this)
    if (this.dies()) return
    this.server.onStage('accepted')
  }

  /** Takes bytes for an origin or an HTTP proxy. */
  take(bytes: string): void {
    if (this.isOver || this.dies() || this.#isShutOut()) return
    this.parser.push(bytes)
  }

  /** Ends the SOCKS part: the rest is for the origin. */
  enter(via: string, rest: Buffer): void {
    this.#socks = null
    this.via = via
    if (rest.length > 0) this.take(rest.toString('latin1'))
  }

  /** Records a refusal, which makes no record otherwise. */
  note(head: string): FaultRecord {
    const record = this.#newRecord(head)
    this.server.keep(record)
    return record
  }

  /** Sends `bytes` and ends the connection. */
  end(how: Break, bytes = ''): void {
    this.isOver = true
    if (how === 'fin') this.socket.end(bytes, 'latin1')
    else if (bytes === '') this.socket.resetAndDestroy()
    else {
      this.write(bytes)
      this.resetSoon()
    }
    // Unread bytes would make the kernel reset the connection, and the client could lose what was sent.
    this.socket.resume()
  }

  /**
   * Resets the connection after the client, which is in the same process, had a chance to read. Data that is
   * reset at once may be lost.
   */
  resetSoon(): void {
    setImmediate(() => setImmediate(() => this.socket.resetAndDestroy()))
  }

  write(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }

  /** Breaks the connection at the first byte if the plan says so. Returns true if it did. */
  private dies(): boolean {
    const how = this.parser.isAmid ? null : this.server.breakAtOnce
    if (how === null) return false
    this.end(how)
    return true
  }

  /**
   * Closes an existing tunnel if the proxy would not admit a new one, so that libcurl has to connect again.
   * Returns true if it did.
   */
  #isShutOut(): boolean {
    const { kind } = this.server.conduct
    const isNew = this.answers === 0 && this.#openedIn === this.server.current
    if (kind === 'pass' || kind === 'challenge' || this.via === '' || isNew) return false
    if (this.parser.isAmid) return false
    this.end('fin')
    return true
  }

  #newRecord(head: string): FaultRecord {
    const [, tag] = /^[^\r\n]*\/s(\d+)\//.exec(head) ?? []
    const step = tag === undefined ? this.server.current : Number(tag)
    return {
      step,
      head,
      body: '',
      via: this.via || NAMES[this.part],
      isReused: this.answers > 0 || this.#openedIn !== step,
      isAnswered: false,
      isWhole: false,
    }
  }

  #onHead(head: string): void {
    const isProxy = this.part === 'proxyA' || this.part === 'proxyB'
    const record = (this.record = this.#newRecord(head))
    if (isProxy && !this.#isTunnel) {
      if (head.startsWith('CONNECT ')) {
        this.#connect(record)
        return
      }
      this.server.keep(record)
      this.server.onStage('head')
      if (this.#refuses(record, false)) return
    } else {
      this.server.keep(record)
      this.server.onStage('head')
    }
    this.#respond = answerTo(this, record)
  }

  /** Applies the proxy's part of the plan. Returns true if the request must not pass. */
  #refuses(record: FaultRecord, isConnect: boolean): boolean {
    const { conduct } = this.server
    switch (conduct.kind) {
      case 'pass':
        return false
      case 'challenge': {
        const given = /^proxy-authorization: *(\w+)/im.exec(record.head)?.[1]
        if (given?.toLowerCase() === conduct.scheme.toLowerCase()) return false
        const realm = conduct.scheme === 'Basic' ? 'realm="p"' : 'realm="p", nonce="0123", qop="auth"'
        this.#afterRequest(isConnect, () => {
          record.isAnswered = true
          this.answers++
          this.write(
            `HTTP/1.1 407 Who\r\nProxy-Authenticate: ${conduct.scheme} ${realm}\r\nContent-Length: 0\r\n\r\n`,
          )
        })
        return true
      }
      case 'refuse':
        this.#afterRequest(isConnect, () => {
          record.isAnswered = true
          this.answers++
          const challenge = conduct.status === 407 ? 'Proxy-Authenticate: Basic realm="p"\r\n' : ''
          const closing = conduct.keeps ? '' : 'Connection: close\r\n'
          const head = `HTTP/1.1 ${conduct.status} No\r\n${challenge}${closing}Content-Length: 2\r\n\r\nno`
          if (conduct.keeps) this.write(head)
          else this.end('fin', head)
        })
        return true
      case 'die':
        this.end(conduct.how)
        return true
      case 'cutHead':
        this.end(conduct.how, 'HTTP/1.1 200 Conn')
        return true
      case 'stall':
        this.server.onStage('request')
        return true
    }
  }

  #afterRequest(isConnect: boolean, respond: () => void): void {
    if (isConnect) respond()
    else {
      if (expectsContinue(this.record?.head ?? '')) this.write(CONTINUE)
      this.#respond = respond
    }
  }

  #connect(record: FaultRecord): void {
    this.server.onStage('head')
    if (this.#refuses(record, true)) {
      // A challenge is answered on the same connection or not at all.
      if (this.server.conduct.kind === 'challenge') this.#challenged.push(record)
      else for (const refused of [...this.#challenged.splice(0), record]) this.server.keep(refused)
      return
    }
    this.#challenged = []
    const [, target = ''] = /^CONNECT (\S+)/.exec(record.head) ?? []
    const [, who = ''] = /^proxy-authorization: *(.*?)\r/im.exec(record.head) ?? []
    this.via = `${NAMES[this.part]} for ${who} to ${target}`
    this.#isTunnel = true
    this.record = null
    this.answers = 0
    this.write('HTTP/1.1 200 Connection established\r\n\r\n')
  }
}
