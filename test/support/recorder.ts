/**
 * A callback that writes down how it was called. Does not know what a transfer is.
 */
import { expect } from 'chai'
import { Changes } from './changes.js'

export interface Call<T = unknown> {
  readonly content: string | Buffer | null
  readonly url: string
  readonly transfer: T
  readonly userData: unknown
  /** All arguments, for the few tests that count them. */
  readonly args: readonly unknown[]
}

export class Recorder<T = unknown> {
  /** In the order in which they came. */
  readonly calls: Call<T>[] = []
  readonly #changes = new Changes()

  /** Hand this over as the callback; it needs no `this`. */
  readonly callback = (...args: unknown[]): void => {
    const [content, url, transfer, userData] = args as [string | Buffer | null, string, T, unknown]
    this.calls.push({ content, url, transfer, userData, args })
    this.#changes.notify()
  }

  /** Resolves once it has been called `count` times. */
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

  /** The one call for this URL. */
  for(url: string): Call<T> {
    const calls = this.calls.filter((call) => call.url === url)
    expect(calls, `callbacks for ${url}`).to.have.length(1)
    return calls[0] as Call<T>
  }

  /** Every one of these requests got one callback, in whatever order, and nothing else got any. */
  exactlyOnce(urls: readonly string[]): void {
    expect([...this.urls].sort(), 'one callback for each request').to.deep.equal([...urls].sort())
  }
}
