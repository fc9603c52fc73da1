/**
 * A checkout of web-platform-tests: the tests of fetch that need no browser, and what each needs. Does not
 * run anything.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of `fetch/api` whose tests are run. */
export const FOLDERS = ['basic', 'body', 'abort', 'redirect', 'headers'] as const

/** What a checkout has to have, and what it is for. */
const NEEDED: readonly (readonly [path: string, use: string])[] = [
  ['fetch/api/basic', 'the tests'],
  ['fetch/api/resources', 'what the tests ask for'],
  ['common/get-host-info.sub.js', 'scripts that the tests load'],
  ['resources/testharness.js', 'the harness of the tests'],
  ['tools/serve/serve.py', 'the server of the tests'],
  ['tools/wptserve/wptserve/server.py', 'the server of the tests'],
]

/** One page of tests. */
export interface Page {
  /** Its path in the checkout: `fetch/api/basic/accept-header.any.js`. */
  readonly path: string
  /** The query that its variant has; usually an empty string. */
  readonly variant: string
  /** The server that it is loaded from. */
  readonly server: 'http' | 'https' | 'h2'
  /** The scripts that it loads first, as paths of the server. */
  readonly scripts: readonly string[]
  readonly isWorker: boolean
  readonly isLong: boolean
}

/** Returns one line for each thing that the checkout lacks. */
export function missingFrom(checkout: string): string[] {
  if (!existsSync(checkout) || !statSync(checkout).isDirectory())
    return [`${checkout}: there is no such folder`]
  return NEEDED.filter(([path]) => !existsSync(join(checkout, path))).map(
    ([path, use]) => `${join(checkout, path)}: is missing (${use})`,
  )
}

/** Returns the pages of all folders, in the order of their names. */
export function pagesOf(checkout: string, filters: readonly string[] = []): Page[] {
  const pages = FOLDERS.flatMap((folder) => {
    const below = `fetch/api/${folder}`
    if (!existsSync(join(checkout, below))) return []
    return readdirSync(join(checkout, below))
      .filter((name) => name.endsWith('.any.js'))
      .sort()
      .flatMap((name) => pagesOfFile(`${below}/${name}`, readFileSync(join(checkout, below, name), 'utf8')))
  })
  return filters.length === 0
    ? pages
    : pages.filter(({ path }) => filters.some((text) => path.includes(text)))
}

/** Returns the pages that a file stands for: one for each variant. */
export function pagesOfFile(path: string, source: string): Page[] {
  const meta = metaOf(source)
  const of = (name: string): string[] => meta.filter(([key]) => key === name).map(([, value]) => value)
  const globals = of('global').flatMap((list) => list.split(',').map((item) => item.trim()))
  const variants = of('variant')
  return (variants.length === 0 ? [''] : variants).map((variant) => ({
    path,
    variant,
    server: path.includes('.h2.') ? 'h2' : path.includes('.https.') ? 'https' : 'http',
    scripts: of('script').map((script) => new URL(script, `http://any/${path}`).pathname),
    isWorker: globals.length === 0 || globals.some((name) => name === 'worker' || name === 'dedicatedworker'),
    isLong: of('timeout').includes('long'),
  }))
}

/** Returns the lines `// META: key=value` at the beginning of a script. */
function metaOf(source: string): [key: string, value: string][] {
  const found: [string, string][] = []
  for (const line of source.split('\n')) {
    const match = /^\/\/\s*META:\s*(\w+)=(.*)$/.exec(line.trim())
    if (match !== null) found.push([match[1] as string, (match[2] as string).trim()])
    else if (!line.startsWith('//') && line.trim() !== '') break
  }
  return found
}
