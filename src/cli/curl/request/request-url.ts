/**
 * Puts a query, or the name of an uploaded file, into a URL of a command line. The rest of it stays as it is.
 * Does not judge URLs: libcurl does.
 */
import { percentEncoded } from '../../../url/percent-encoding.js'

const PARTS = /^((?:[A-Za-z][A-Za-z\d+.-]*:\/{1,3})?[^/?#]*)([^?#]*)(\?[^#]*)?(#[^]*)?$/

/** @returns undefined: no URL that one could add to */
export function withQuery(url: string, query: string): string | undefined {
  const parts = PARTS.exec(url)
  if (parts === null || !isPlain(parts[1] ?? '')) return undefined
  const [, start = '', path = '', before = '', fragment = ''] = parts
  // As libcurl has it: %3a is %3A.
  const added = query.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase())
  const old = before.slice(1)
  const joined = old === '' || old.endsWith('&') ? old + added : `${old}&${added}`
  return `${start}${path}?${joined}${fragment}`
}

/** The URL with the name of a file where its path has none. */
export function withFileName(url: string, file: string): string | undefined {
  const parts = PARTS.exec(url)
  if (parts === null || !isPlain(parts[1] ?? '')) return undefined
  const [, start = '', path = '', query = '', fragment = ''] = parts
  if (query !== '' || !endsInFolder(path)) return url
  const name = /[^/\\]*$/.exec(file)?.[0] ?? ''
  const slash = path.endsWith('/') ? '' : '/'
  return `${start}${path}${slash}${percentEncoded(Buffer.from(name))}${query}${fragment}`
}

/** `/a/..` is a folder, too. */
function endsInFolder(path: string): boolean {
  return path === '' || /\/(?:(?:\.|%2e){0,2})$/i.test(path)
}

function isPlain(start: string): boolean {
  return start !== '' && !/[\u0000-\u0020]/.test(start)
}
