/**
 * One connection of libcurl to a stand-in: reads its requests, and writes the answers. Does not know what is
 * answered.
 */
import type { Socket } from 'node:net'
import { chunkOf, framingOf, isFailure, lastChunk, type Answer, type Failure } from './answer.js'
import { RequestReader, valuesOf, type ReadRequest } from './request-reader.js'
import type { Clock } from '../scheduling/time/clock.js'

/** The attempt that a connection belongs to. */
export interface Visit {
  answer(request: ReadRequest): Promise<Answer | Failure> | Answer | Failure
  /** Ends the attempt with a code. */
  fail(reason: unknown, errno: number): void
}

/** Serves one connection. */
export class Visitor {
  private readonly reader = new RequestReader((head) => {
    const expects = valuesOf(head.headers, 'expect').some((value) => /^100-continue$/i.test(value))
    if (expects) this.socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  })
  private timer: unknown = null

  /** @param visit returns the attempt that is on the wire; null if it has ended */
  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly visit: () => Visit | null,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.take(chunk)
    })
    // libcurl cuts connections when it pleases: that is no error here.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.clearTimer()
    })
  }

  private take(chunk: Buffer): void {
    const request = this.reader.read(chunk)
    const visit = this.visit()
    if (request === null) return
    if (visit === null) this.socket.destroy()
    else void this.serve(request, visit)
  }

  private async serve(request: ReadRequest, visit: Visit): Promise<void> {
    try {
      const answer = await visit.answer(request)
      if (answer.delayMs > 0) await this.wait(answer.delayMs)
      if (this.socket.destroyed || this.visit() !== visit) return
      if (isFailure(answer)) visit.fail(answer.reason, answer.errno)
      else await this.send(answer, request.method)
    } catch (error) {
      if (this.visit() === visit) visit.fail(error, 42)
    }
  }

  private async send(answer: Answer, method: string): Promise<void> {
    const { socket } = this
    const { head, isChunked, hasBody } = framingOf(answer, method)
    const closes = answer.headers.some(([name, value]) => /^connection$/i.test(name) && /close/i.test(value))
    const { body, cutAfter = Infinity, trailers } = answer
    if (Buffer.isBuffer(body) && cutAfter === Infinity) {
      // In one piece: it costs one write.
      const whole = isChunked ? Buffer.concat([chunkOf(body), Buffer.from(lastChunk(trailers))]) : body
      const headBytes = Buffer.from(head, 'latin1')
      socket.write(hasBody ? Buffer.concat([headBytes, whole]) : headBytes)
      if (closes) socket.end()
      return
    }
    socket.write(head, 'latin1')
    let left = cutAfter
    if (hasBody) {
      for await (const piece of Buffer.isBuffer(body) ? [body] : body) {
        // The connection may have ended while the piece was awaited: nothing would tell that it is drained.
        if (socket.destroyed) break
        const bytes = Buffer.from(piece as Uint8Array).subarray(0, left)
        left -= bytes.length
        if (!socket.write(isChunked ? chunkOf(bytes) : bytes)) await this.drained()
        if (left === 0) break
      }
      if (left > 0 && isChunked) socket.write(lastChunk(trailers), 'latin1')
    }
    if (closes || (hasBody && cutAfter !== Infinity)) socket.end()
  }

  private drained(): Promise<void> {
    const { socket } = this
    return new Promise((resolve) => {
      const go = (): void => {
        socket.off('drain', go)
        socket.off('close', go)
        resolve()
      }
      socket.on('drain', go)
      socket.on('close', go)
    })
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.timer = this.clock.setTimer(() => {
        this.timer = null
        this.onWaited = null
        resolve()
      }, ms)
      this.onWaited = resolve
    })
  }

  private onWaited: (() => void) | null = null

  private clearTimer(): void {
    if (this.timer !== null) this.clock.clearTimer(this.timer)
    this.timer = null
    this.onWaited?.()
    this.onWaited = null
  }
}
