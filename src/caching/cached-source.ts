/**
 * The infos of a response from the cache: those that are known, and libcurl's words for "nothing" for the others.
 * Does not read files.
 */
import { Deputy } from '../transfer/deputy.js'
import type { Transfer } from '../transfer/transfer.js'
import { HeaderLines } from '../transfer/response-headers.js'
import type { InfoSource, InfoValue } from '../transfer/transfer-types.js'
import { schemeOf } from '../url/url-parts.js'
import { fieldsOf } from './header-fields.js'
import { isRedirect, type StoredResponse } from './stored-entry.js'

/** The numbers of the infos that are known. */
export interface KnownInfos {
  readonly RESPONSE_CODE: number
  readonly EFFECTIVE_URL: number
  readonly REDIRECT_URL: number
  readonly CONTENT_TYPE: number
  readonly CONTENT_LENGTH_DOWNLOAD_T: number
  readonly CONTENT_LENGTH_DOWNLOAD: number
  readonly REDIRECT_COUNT: number
  readonly HTTP_VERSION: number
  readonly SCHEME: number
  readonly EFFECTIVE_METHOD: number
}

/** The bits of an info's number that are its type: `CURLINFO_TYPEMASK`. */
const TYPE_MASK = 0xf00000
const STRING = 0x100000
const LIST = 0x400000
/** `CURL_HTTP_VERSION_*`. */
const VERSIONS: Readonly<Record<string, number>> = { '1.0': 1, '1.1': 2, '2': 3, '3': 30 }

/** The lines of a response from the cache, which are not bytes of libcurl's. */
export class StoredLines extends HeaderLines {
  constructor(private readonly texts: readonly string[]) {
    super()
  }

  override lines(): readonly string[] {
    return this.texts
  }

  override lineEnds(): readonly string[] {
    return this.texts.map(() => '\r\n')
  }
}

/** Returns the header lines of a response as libcurl hands them over: those of redirects first. */
export function linesOf({ hops }: StoredResponse, last: readonly string[]): StoredLines {
  if (hops.length === 0) return new StoredLines([...last, ''])
  return new StoredLines([...hops, last].flatMap((lines) => [...lines, '']))
}

/** Stands in for a handle, whose response came from the cache. */
export class CachedSource extends Deputy {
  /** Called when the receiver of the body has room again. */
  onResume: (() => void) | null = null
  /** Ends the handing out of the body; null while there is none. */
  cancel: ((reason: unknown, errno: number) => void) | null = null

  /**
   * @param url the URL of the request
   * @param handle the handle that has validated the response; null if none has
   * @param release releases a transfer that has its own handle as its source again
   */
  constructor(
    private readonly known: KnownInfos,
    private readonly stored: StoredResponse,
    private readonly url: string,
    private readonly handle: InfoSource | null,
    private readonly release: (transfer: Transfer) => void,
  ) {
    super()
  }

  resume(): void {
    this.onResume?.()
  }

  readInfo(id: number, asker: { readonly source: InfoSource | null }): InfoValue {
    const { known, stored, handle } = this
    if (id === known.RESPONSE_CODE) return stored.status
    // The handle has the response that validated it, or failed: those have no target.
    if (id === known.REDIRECT_URL) return targetOf(stored, this.url)
    if (id === known.EFFECTIVE_URL && stored.url !== null) return stored.url
    const isOfBody =
      id === known.CONTENT_TYPE ||
      id === known.CONTENT_LENGTH_DOWNLOAD_T ||
      id === known.CONTENT_LENGTH_DOWNLOAD
    if (handle !== null && !isOfBody) return handle.readInfo(id, asker)
    if (isOfBody) {
      const fields = fieldsOf(stored)
      return id === known.CONTENT_TYPE
        ? (fields['content-type'] ?? null)
        : Number(fields['content-length'] ?? -1)
    }
    if (id === known.EFFECTIVE_URL) return this.url
    if (id === known.SCHEME) return schemeOf(stored.url ?? this.url)
    if (id === known.EFFECTIVE_METHOD) return stored.method
    if (id === known.REDIRECT_COUNT) return stored.hops.length
    if (id === known.HTTP_VERSION)
      return VERSIONS[/^HTTP\/([\d.]+)/.exec(stored.lines[0] ?? '')?.[1] ?? ''] ?? 0
    const type = id & TYPE_MASK
    return type === STRING ? null : type === LIST ? [] : 0
  }

  /** Without a handle there is nothing to give back: the infos stay readable. */
  giveBack(transfer: Transfer): void {
    const { handle } = this
    if (handle === null || transfer.source !== this) return
    // The body may be decoded later.
    transfer.getInfo('CONTENT_TYPE')
    transfer.letGo()
    transfer.source = handle
    this.release(transfer)
  }
}

/** Returns the absolute URL that a response redirects to; null if it does not. */
function targetOf(stored: StoredResponse, url: string): string | null {
  if (!isRedirect(stored)) return null
  const given = (fieldsOf(stored)['location'] as string).replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const base = stored.url ?? url
  return URL.canParse(given, base) ? new URL(given, base).href : given
}
