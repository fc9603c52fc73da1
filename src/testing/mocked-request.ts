/** A request as a mock has received it. Does not know the replies. */
import type { ArrivedRequest } from '../stand-in/stand-in.js'

/** A request that has reached a mock, with everything that a server would have seen of it. */
export class MockedRequest {
  /** The method, as it was sent. */
  readonly method: string
  /** The URL, without credentials and fragment; after a redirect, its target. */
  readonly url: string
  /** Names in lower case and values. Repeated headers are joined by `', '`. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in the order of arrival, spelled as they were sent. */
  readonly headerList: readonly (readonly [string, string])[]
  /** The body; empty if there is none. */
  readonly body: Buffer

  /** @internal */
  constructor({ method, url, headers, body }: ArrivedRequest) {
    this.method = method
    this.url = url
    this.headerList = headers
    const joined = Object.create(null) as Record<string, string>
    for (const [name, value] of headers) {
      const key = name.toLowerCase()
      const before = joined[key]
      joined[key] = before === undefined ? value : `${before}, ${value}`
    }
    this.headers = joined
    this.body = body
  }

  /** Returns the body as text in UTF-8. */
  text(): string {
    return this.body.toString('utf8')
  }

  /** Returns the body parsed as JSON. Throws `SyntaxError` if it is none. */
  json(): unknown {
    return JSON.parse(this.text())
  }
}
