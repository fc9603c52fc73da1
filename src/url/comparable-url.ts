/** URLs in a form in which two of the same request are equal. Does not know requests. */
import { redactUrl } from '../redaction.js'

/** A URL with one slash has a scheme, too: libcurl takes it, and so does the URL parser. */
const SCHEME = /^[a-z][a-z0-9+.-]*:[/\\]/i

/** True for a URL of HTTP, and for one without a scheme, which libcurl mostly takes for one. */
export function isWebUrl(url: string): boolean {
  return !SCHEME.test(url) || /^https?:/i.test(url)
}

/** Returns a URL with a scheme: this one, if it has none. */
export function withScheme(url: string, scheme: string): string {
  return SCHEME.test(url) ? url : `${scheme}://${url}`
}

/**
 * Returns a URL without credentials and fragment, and otherwise as it is spelled. libcurl takes some URLs that
 * the URL parser refuses, and messages show what neither of them takes: their credentials are removed, too.
 */
export function withoutCredentials(url: string): string {
  const whole = withScheme(url, 'http')
  const parsed = URL.canParse(whole) ? new URL(whole) : null
  // Without a host, the parser knows no credentials.
  if (parsed === null || parsed.host === '') {
    const bare = redactUrl(whole).replaceAll('***@', '').replace(/#.*/s, '')
    // Without them, the parser may take it.
    return bare === url ? bare : withoutCredentials(bare)
  }
  parsed.username = parsed.password = parsed.hash = ''
  return parsed.href
}

/**
 * Returns a URL as it is compared: without credentials, fragment and default port, host and scheme in lower case,
 * and with the same characters escaped.
 */
export function comparableUrl(url: string): string {
  // libcurl leaves characters as they are that the URL parser escapes, and the other way round.
  return withoutCredentials(url).replace(/[{}|^`"<> ']|[^\u0000-\u007f]/gu, (given) =>
    given === "'" ? '%27' : encodeURIComponent(given),
  )
}
