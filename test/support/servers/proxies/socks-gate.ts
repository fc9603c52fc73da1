/**
 * The SOCKS part of a connection to the fault servers: SOCKS 4, 4a, and 5 with users. Lets it pass or refuses
 * it as planned. Does not depend on HTTP.
 *
 * Source: RFC 1928, 1929.
 */

import type { FaultWire } from '../../faults/wire.js'

type Phase = 'greeting' | 'user' | 'target'

export class SocksGate {
  #bytes = Buffer.alloc(0)
  #phase: Phase = 'greeting'
  #who = ''

  constructor(private readonly connection: FaultWire) {}

  push(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const conduct = this.connection.server.conduct
    if (conduct.kind === 'die' && this.#bytes.length > 0) {
      this.connection.note(`SOCKS ${this.#who}`)
      this.connection.end(conduct.how)
    } else if (conduct.kind === 'stall') this.connection.server.onStage('request')
    else while (this.#step());
  }

  #step(): boolean {
    const bytes = this.#bytes
    if (bytes.length === 0) return false
    if (this.#phase === 'user') return this.#readUser()
    if (this.#phase === 'target') return this.#readTarget()
    return bytes[0] === 4 ? this.#readFour() : this.#greet()
  }

  #greet(): boolean {
    const length = 2 + (this.#bytes[1] ?? Infinity)
    if (this.#bytes.length < length) return false
    const wantsUser = this.#bytes.subarray(2, length).includes(2)
    this.#bytes = this.#bytes.subarray(length)
    this.#phase = wantsUser ? 'user' : 'target'
    this.connection.socket.write(Buffer.from([5, wantsUser ? 2 : 0]))
    return true
  }

  #readUser(): boolean {
    const bytes = this.#bytes
    const user = 2 + (bytes[1] ?? Infinity)
    const end = user + 1 + (bytes[user] ?? Infinity)
    if (bytes.length < end) return false
    this.#who = `${bytes.toString('latin1', 2, user)}:${bytes.toString('latin1', user + 1, end)}`
    this.#bytes = bytes.subarray(end)
    this.#phase = 'target'
    const { conduct } = this.connection.server
    const isRefused = conduct.kind === 'refuse' && conduct.status === 407
    this.connection.socket.write(Buffer.from([1, isRefused ? 1 : 0]))
    if (!isRefused) return true
    this.connection.note(`SOCKS5 ${this.#who}`)
    this.connection.end('fin')
    return false
  }

  #readTarget(): boolean {
    const bytes = this.#bytes
    const isName = bytes[3] === 3
    const start = isName ? 5 : 4
    const length = isName ? (bytes[4] ?? Infinity) : 4
    if (bytes.length < start + length + 2) return false
    const host = bytes.subarray(start, start + length)
    const name = isName ? host.toString('latin1') : [...host].join('.')
    const target = `${name}:${bytes.readUInt16BE(start + length)}`
    this.#decide(`SOCKS5 ${this.#who}`, target, start + length + 2, (isRight) =>
      Buffer.from([5, isRight ? 0 : 2, 0, 1, 0, 0, 0, 0, 0, 0]),
    )
    return false
  }

  #readFour(): boolean {
    const bytes = this.#bytes
    const userEnd = bytes.indexOf(0, 8)
    if (userEnd < 0) return false
    const isName = bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] !== 0
    const end = isName ? bytes.indexOf(0, userEnd + 1) : userEnd
    if (end < 0) return false
    const host = isName ? bytes.toString('latin1', userEnd + 1, end) : [...bytes.subarray(4, 8)].join('.')
    const who = `SOCKS4 ${bytes.toString('latin1', 8, userEnd)}`
    this.#decide(who, `${host}:${bytes.readUInt16BE(2)}`, end + 1, (isRight) =>
      Buffer.from([0, isRight ? 90 : 91, 0, 0, 0, 0, 0, 0]),
    )
    return false
  }

  #decide(who: string, target: string, length: number, reply: (isRight: boolean) => Buffer): void {
    const { connection } = this
    const rest = this.#bytes.subarray(length)
    this.#bytes = Buffer.alloc(0)
    const { kind } = connection.server.conduct
    if (kind === 'pass' || kind === 'challenge') {
      connection.socket.write(reply(true))
      connection.enter(`${who} to ${target}`, rest)
      return
    }
    connection.note(`${who} to ${target}`)
    connection.isOver = true
    connection.socket.end(kind === 'cutHead' ? reply(false).subarray(0, 3) : reply(false))
  }
}
