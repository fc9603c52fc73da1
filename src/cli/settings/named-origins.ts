/**
 * The origins that the user has named: credentials of the command line go to them, and to no others that only a
 * sitemap names. Does not read sitemaps.
 */
import type { RequestOptions } from '../../index.js'
import { CREDENTIAL_HEADERS, CREDENTIALS } from '../../running/make/credentials.js'
import { optionName } from '../../running/make/compile-request.js'
import { headerName } from '../../http-semantics.js'
import { withScheme } from '../../url/comparable-url.js'
import type { Settings } from './settings.js'

const NAMES = new Set(CREDENTIALS)

/** The origins of one run. */
export class NamedOrigins {
  private readonly origins = new Set<string>()
  /** The options of requests to other origins: without credentials. */
  private readonly bare: RequestOptions
  private readonly isNeeded: boolean

  constructor({ options, sitemaps }: Pick<Settings, 'options' | 'sitemaps'>) {
    this.bare = withoutCredentials(options)
    this.isNeeded = sitemaps.length > 0
    for (const url of sitemaps) this.add(url)
  }

  /** Adds the origin of a URL; without a scheme, that of http. */
  add(url: string): void {
    const whole = withScheme(url, 'http')
    if (this.isNeeded && URL.canParse(whole)) this.origins.add(new URL(whole).origin)
  }

  /** Returns the options of a request to a URL that only a sitemap names. */
  optionsFor({ origin }: URL): RequestOptions {
    return this.origins.has(origin) ? {} : this.bare
  }
}

/** Returns what takes the credentials among options back; nothing with `--location-trusted`. */
function withoutCredentials(options: Settings['options']): RequestOptions {
  const bare: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    const name = optionName(/^\d+$/.test(key) ? Number(key) : key)
    if (name === 'UNRESTRICTED_AUTH' && Number(value) !== 0) return {}
    if (NAMES.has(name)) bare[key] = null
    if (name === 'HTTPHEADER' && Array.isArray(value))
      bare[key] = value.filter((line) => !CREDENTIAL_HEADERS.has(headerName(String(line))))
  }
  return bare
}
