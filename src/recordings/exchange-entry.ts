/** Exchanges as entries of an archive. Does not know which of them are kept. */
import { valuesOf } from '../stand-in/request-reader.js'
import { statusOf } from '../transfer/response-headers.js'
import { fieldOf, receivedFields, sentFields, type Exchange } from './exchange-log.js'
import {
  named,
  queryOf,
  requestCookies,
  responseCookies,
  sumOf,
  textOf,
  timingsOfHop,
  type HarContent,
  type HarEntry,
  type PostData,
} from './har-format.js'

/** What is kept of exchanges. */
export interface Keeping {
  /** Keeps cookies and credentials. Default: false. */
  readonly secrets?: boolean
  /** Keeps the bodies of requests and responses. Default: false. */
  readonly bodies?: boolean
}

/** Returns the body of a request for an archive; undefined if there was none. */
export function postDataOf(exchange: Exchange, { bodies = false }: Keeping): PostData | undefined {
  const { requestBody, requestBytes, requestLines } = exchange
  if (requestBytes === 0) return undefined
  const mimeType = fieldOf(requestLines.slice(1), 'content-type') ?? ''
  if (!bodies || requestBody.length === 0)
    return { mimeType, text: '', params: [], comment: 'the body is left out' }
  const { text, isBase64 } = textOf(requestBody)
  return { mimeType, text, params: [], ...(isBase64 && { _encoding: 'base64' }) }
}

/** Returns the body of a response for an archive. */
export function contentOf(body: Buffer, mimeType: string, isEncoded: boolean): HarContent {
  const { text, isBase64 } = textOf(body)
  return {
    size: body.length,
    mimeType,
    text,
    ...(isBase64 && { encoding: 'base64' }),
    ...(isEncoded && { _encoded: true }),
  }
}

/** Returns the entry of a hop: one that another request has followed. libcurl drops the bodies of their responses. */
export function hopEntry(exchange: Exchange, keeping: Keeping): HarEntry {
  const { secrets = false } = keeping
  const { method, url, httpVersion, requestLines, responseLines, sentAt, answeredAt, endedAt } = exchange
  const shown = sentFields(requestLines.slice(1), secrets)
  const kept = receivedFields(responseLines.slice(1), secrets)
  const trailers = receivedFields(exchange.trailers, secrets)
  const { status, text } = statusOf(responseLines[0] ?? null)
  const timings = timingsOfHop(answeredAt - sentAt, endedAt - answeredAt)
  const [to = ''] = valuesOf(kept, 'location')
  const [mimeType = ''] = valuesOf(kept, 'content-type')
  const postData = postDataOf(exchange, keeping)
  return {
    startedDateTime: new Date(sentAt).toISOString(),
    time: sumOf(timings),
    request: {
      method,
      url,
      httpVersion,
      cookies: requestCookies(shown),
      headers: named(shown),
      queryString: queryOf(url),
      ...(postData !== undefined && { postData }),
      headersSize: requestLines.reduce((sum, line) => sum + line.length + 2, 2),
      bodySize: exchange.requestBody.length || exchange.requestBytes,
    },
    response: {
      status,
      statusText: text,
      httpVersion: /^HTTP\/\S+/.exec(responseLines[0] ?? '')?.[0] ?? '',
      cookies: responseCookies(kept),
      headers: named(kept),
      content: { size: 0, mimeType },
      redirectURL: to !== '' && URL.canParse(to, url) ? new URL(to, url).href : to,
      headersSize: responseLines.reduce((sum, line) => sum + line.length + 2, 2),
      bodySize: -1,
      ...(trailers.length > 0 && { _trailers: named(trailers) }),
    },
    cache: {},
    timings,
  }
}
