/** A callback that records its calls. Does not depend on transfers. */
import { expect } from 'chai'
import { Changes } from './changes.js'

export interface Call<T = unknown> {
  readonly content: string | Buffer | null
  readonly url: string
  readonly transfer: T
  readonly userData: unknown
  /** All arguments, for the tests that count them. */
  readonly args: readonly unknown[]
}

export class Recorder<T = unknown> {
  /** The calls, in order. */
  readonly calls: Call<T>[] = []
  readonly #changes = new Changes()

  /** The callback. It does not need `this`. */
  readonly callback = (...args: unknown[]): void => {
    const [content, url, transfer, userData] = args as [string | Buffer | null, string, T, unknown]
    this.calls.push({ content, url, transfer, userData, args })
    this.#changes.notify()
  }

  /** Resolves when there were at least `count` calls. */
  waitFor(count: number): Promise<void> {
    return this.#changes.until(
      () => this.calls.length >= count,
      () => `${count} callbacks (${this.calls.length} came)`,
    )
  }

  get contents(): (string | Buffer | null)[] {
    return this.calls.map((call) => call.content)
  }

  get urls(): string[] {
    return this.calls.map((call) => call.url)
  }

  /** Returns the only call for this URL. */
  for(url: string): Call<T> {
    const calls = this.calls.filter((call) => call.url === url)
    expect(calls, `callbacks for ${url}`).to.have.length(1)
    return calls[0] as Call<T>
  }

  /** Asserts that each of these URLs got exactly one callback, in any order, and no other URL got one. */
  exactlyOnce(urls: readonly string[]): void {
    expect([...this.urls].sort(), 'one callback for each request').to.deep.equal([...urls].sort())
  }
}
