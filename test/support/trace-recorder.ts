/** Records the messages of the channels of `diagnostics_channel`, and checks that they pair. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'

const NAMES = [
  'request:start',
  'request:headers',
  'request:end',
  'request:error',
  'attempt:start',
  'attempt:end',
  'attempt:error',
] as const
export type ChannelName = (typeof NAMES)[number]

export interface Recorded {
  readonly name: ChannelName
  readonly message: {
    readonly request: { readonly id: number; readonly url: string; readonly method: string }
    readonly attempt?: { readonly number: number; readonly proxy: string | null }
    readonly [key: string]: unknown
  }
}

/** The messages from now on, until {@link TraceRecorder.stop}. */
export class TraceRecorder {
  readonly messages: Recorded[] = []
  private readonly listeners = new Map<string, (message: unknown) => void>()

  /** @param note called with each message, in the context that it was published in */
  constructor(note: (name: ChannelName) => void = () => undefined, names: readonly ChannelName[] = NAMES) {
    for (const name of names) {
      const listener = (message: unknown): void => {
        this.messages.push({ name, message: message as Recorded['message'] })
        note(name)
      }
      this.listeners.set(name, listener)
      subscribe(`parallelcurl:${name}`, listener)
    }
  }

  stop(): void {
    for (const [name, listener] of this.listeners) unsubscribe(`parallelcurl:${name}`, listener)
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  /** The names of the messages of one request, in their order. */
  namesOf(id: number): ChannelName[] {
    return this.messages.filter(({ message }) => message.request.id === id).map(({ name }) => name)
  }

  one(name: ChannelName): Recorded['message'] {
    const found = this.messages.filter((each) => each.name === name)
    expect(found, name).to.have.length(1)
    return found[0]!.message
  }

  /** Expects that each start has exactly one end or error, and nothing else has one. Returns the number. */
  expectPairs(): number {
    for (const kind of ['request', 'attempt'] as const) {
      const open = new Set<unknown>()
      const seen = new Set<unknown>()
      for (const { name, message } of this.messages) {
        const key = message[kind]
        if (name === `${kind}:start`) {
          expect(seen.has(key), `${name} comes once`).to.equal(false)
          open.add(key)
          seen.add(key)
        } else if (name === `${kind}:end` || name === `${kind}:error`)
          expect(open.delete(key), `${name} without a start, or a second one`).to.equal(true)
        else if (name === 'request:headers' && kind === 'attempt')
          expect(open.has(key), 'headers of an open attempt').to.equal(true)
      }
      expect([...open], `${kind}s without an end`).to.deep.equal([])
    }
    return this.messages.filter(({ name }) => name === 'request:start').length
  }
}
