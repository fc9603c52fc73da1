/** URLs in a form in which two of the same request are equal. Does not know requests. */

/** Returns a URL without credentials and fragment, and otherwise as it is spelled, if it can be parsed. */
export function withoutCredentials(url: string): string {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
  if (!URL.canParse(whole)) return url
  const parsed = new URL(whole)
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
