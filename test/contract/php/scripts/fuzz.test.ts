/**
 * Random options with random values of PHP's types, set by a real PHP and by the migration kit: the results,
 * error numbers, messages and warnings are the same, and so is what is sent, but for what
 * docs/differences-from-php.md says. Does not know single cases.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import * as constants from '../../../../src/php/values/constants.js'
import { largeOf, narrowed } from '../../../../src/php/options/wide-numbers.js'
import { curl_version } from '../../../../src/php/index.js'
import { requirePhp } from '../../../support/programs/real-php.js'
import { startHttpServer } from '../../../support/servers/http/http-server.js'
import type { Value } from '../case.js'
import { RealPhp } from '../real.js'
import { addRoutes, shown } from '../servers.js'
import { compare } from './compare.js'
import { runScript } from './run-script.js'
import { errno, exec, handle, init, set, type Script, type Step } from './script.js'
import { anyValue } from './values.js'

/** They write files whose names are the values. */
const WRITING = ['CURLOPT_ALTSVC', 'CURLOPT_COOKIEJAR', 'CURLOPT_HSTS']
const NAMES = Object.keys(constants).filter((name) => name.startsWith('CURLOPT_') && !WRITING.includes(name))

interface Known {
  /** The row of the table. */
  readonly why: string
  readonly of?: RegExp
  readonly here?: RegExp
}

const KNOWN: readonly Known[] = [
  { why: 'line breaks', here: /must not contain (CR|LF|NUL)/ },
  {
    why: 'conversions that switch checks off',
    of: /VERIFY(PEER|HOST|STATUS)$/,
    here: /expects true or false/,
  },
  { why: 'functions', of: /FUNCTION$/, here: /expects a function/ },
  { why: 'file descriptors', of: /_(FILE|INFILE|READDATA|STDERR|WRITEHEADER|WRITEDATA)$/, here: /true/ },
  { why: 'options that cannot be set', here: /is not possible/ },
  { why: '`CURLOPT_SHARE`', of: /_SHARE$/, here: /expects a Share/ },
  { why: 'post fields', of: /POSTFIELDS$/, here: /expects a string,/ },
  { why: 'numbers as strings', of: /(TRANSFER_ENCODING|SSLENGINE_DEFAULT)$/ },
  { why: 'values that libcurl bends', of: /_MS$/, here: /false|43/ },
]

/** Numbers that no option has, which this refuses, and libcurl takes, or refuses with another code. */
function isBent(name: string, value: Value | undefined, here: string): boolean {
  const text =
    typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : typeof value === 'object' && value !== null && '$float' in value
        ? value.$float.replace('INF', 'Infinity')
        : ''
  const number = parseFloat(text)
  const id = (constants as unknown as Readonly<Record<string, number>>)[name] ?? 0
  const isOffset = largeOf(id) >= OFFSETS
  // A float may wrap around.
  const isTaken = [WIDE, -WIDE].every((wide) => narrowed(name, isOffset, wide) !== wide)
  return Math.abs(number) > MAX_INT && !isTaken && /^(false|43)$/.test(here)
}
const MAX_INT = 2 ** 31 - 1
const WIDE = 2 ** 40
const OFFSETS = 30_000

const row = (name: string, here: string): string | undefined =>
  KNOWN.find((known) => (known.of?.test(name) ?? true) && (known.here?.test(here) ?? true))?.why

const HANDLES: readonly Step[] = [
  ['a', 'curl_init'],
  ['m', 'curl_multi_init'],
  ['s', 'curl_share_init'],
  ['f', '@new', 'CURLFile', 'x'],
]
const first =
  (name: string): Call =>
  (value) => ['', name, value]
const second =
  (name: string, of: string): Call =>
  (value) => ['', name, handle(of), value]
const made =
  (name: string, ...before: Value[]): Call =>
  (value) => ['', '@new', name, ...before, value]
const named = (names: string, call: (name: string) => Call): Record<string, Call> =>
  Object.fromEntries(names.split(' ').map((name) => [name, call(name)]))
type Call = (value: Value) => Step

/**
 * Values without whole floats, as JavaScript's whole numbers are ints, and without ints that it cannot hold.
 */
const argument = anyValue.filter((value) => {
  if (typeof value === 'string') return !/\d{16}/.test(value)
  const floats = JSON.stringify(value).matchAll(/"\$float":"([^"]+)"/g)
  return [...floats].every(([, float]) => !Number.isInteger(Number(float)))
})

/** Functions with an argument that PHP converts. */
const CALLS: Readonly<Record<string, Call>> = {
  ...named('curl_strerror curl_multi_strerror curl_share_strerror curl_init', first),
  ...named('curl_errno curl_exec curl_multi_close curl_multi_errno curl_share_errno', first),
  ...named('curl_escape curl_unescape curl_pause curl_getinfo curl_setopt_array', (name) =>
    second(name, 'a'),
  ),
  curl_multi_select: second('curl_multi_select', 'm'),
  curl_multi_add_handle: second('curl_multi_add_handle', 'm'),
  curl_setopt: (value) => ['', 'curl_setopt', handle('a'), value, 1],
  curl_multi_setopt: (value) => ['', 'curl_multi_setopt', handle('m'), value, 1],
  'curl_multi_setopt with MAXCONNECTS': (value) => ['', 'curl_multi_setopt', handle('m'), 6, value],
  curl_share_setopt: (value) => ['', 'curl_share_setopt', handle('s'), value, 1],
  'curl_share_setopt with SHARE': (value) => ['', 'curl_share_setopt', handle('s'), 1, value],
  ...named('urlencode rawurlencode', first),
  CURLFile: made('CURLFile'),
  'CURLFile with a type': made('CURLFile', 'x'),
  CURLStringFile: (value) => ['', '@new', 'CURLStringFile', value, 'x'],
  'CURLStringFile with a name': made('CURLStringFile', 'x'),
  setMimeType: (value) => ['', '@call', handle('f'), 'setMimeType', value],
}

/** Options whose values a server sees. */
const SENT =
  'USERAGENT REFERER COOKIE RANGE POSTFIELDS HTTPHEADER NOBODY HEADER POST HTTPGET UPLOAD HTTP_VERSION'.split(
    ' ',
  )

describe('random values of options beside a real PHP', () => {
  let php: RealPhp | undefined
  before(async function () {
    requirePhp(this)
    php = new RealPhp('./scripts/run-scripts.php')
    const { libcurl } = await php.run({ name: '', steps: [] })
    // Which values are refused is a matter of the build.
    if (libcurl !== curl_version().version) this.skip()
  })
  after(() => php?.close())

  const check = async (name: string, values: readonly Value[]): Promise<void> => {
    const script: Script = {
      name,
      steps: values.flatMap((value): Step[] => [['a', 'curl_init'], set('a', name, value), errno('a')]),
    }
    const [real, port] = [await php?.run(script), await runScript(script)]
    const differences = compare(real ?? {}, port)
    for (const [key, { here }] of Object.entries(differences as Record<string, { here: unknown }>)) {
      const step = Number(/\d+$/.exec(key)?.[0])
      const [set, number] = step % 3 === 2 ? [step - 1, step] : [step, step + 1]
      const results = port['results'] as unknown[]
      // After an exception, PHP has set an error number for some options.
      const isOfThrow = step % 3 === 2 && JSON.stringify(results[set]).includes('throws')
      if (
        isOfThrow ||
        row(name, JSON.stringify(here)) !== undefined ||
        isBent(name, values[Math.floor(step / 3)], JSON.stringify(here))
      ) {
        Reflect.deleteProperty(differences, key)
        Reflect.deleteProperty(differences, `step ${String(number)}`)
      }
    }
    expect(differences).to.deep.equal({})
  }

  it('convert alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...NAMES), fc.array(anyValue, { minLength: 6, maxLength: 10 }), check),
      { numRuns: 60 },
    )
  })

  it('convert alike as arguments of functions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(CALLS)),
        fc.array(argument, { minLength: 6, maxLength: 10 }),
        async (name, values) => {
          const call = CALLS[name] ?? (() => ['', name])
          const steps = [...HANDLES, ...values.map(call)]
          const script: Script = { name, steps }
          const differences = compare((await php?.run(script)) ?? {}, await runScript(script))
          for (const [key, { here }] of Object.entries(differences as Record<string, { here: unknown }>))
            if (/must not contain (CR|LF)/.test(JSON.stringify(here)))
              Reflect.deleteProperty(differences, key)
          expect(differences).to.deep.equal({})
        },
      ),
      { numRuns: 40 },
    )
  })

  it('are sent alike', async () => {
    await using server = addRoutes(await startHttpServer())
    const arrivals = (): string[] => {
      const all = server.requests.map((request) => JSON.stringify(shown(request, false)))
      server.forget()
      return all
    }
    const send = async (name: string, value: Value): Promise<void> => {
      const steps = [...init('a', server.url('/echo')), set('a', name, value), exec('a'), errno('a')]
      const real = { ...(await php?.run({ name, steps })), requests: arrivals() }
      const port = { ...(await runScript({ name, steps })), requests: arrivals() }
      // After an exception, PHP has set an empty string, and sends that.
      const hasThrown = JSON.stringify((port as { results?: unknown[] }).results?.[2]).includes('throws')
      const isForm = name === 'POSTFIELDS' && typeof value === 'object' && value !== null && '$array' in value
      const isOfEmptyArrays =
        isForm && value.$array.every(([, item]) => JSON.stringify(item) === '{"$array":[]}')
      if (!hasThrown && !isOfEmptyArrays) expect(compare(real, port)).to.deep.equal({})
    }
    await fc.assert(fc.asyncProperty(fc.constantFrom(...SENT), argument, send), { numRuns: 60 })
  })

  it('have a row in docs/differences-from-php.md for every known difference', () => {
    const page = readFileSync(new URL('../../../../docs/differences-from-php.md', import.meta.url), 'utf8')
    for (const { why } of KNOWN) expect(page).to.include(`| ${why} |`)
  })
})
