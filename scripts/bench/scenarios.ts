/**
 * The scenarios, as plain data that every client reads in the same way. Depends only on the names of the
 * clients.
 */

/** The server of a scenario. `slow` is a Node server, because nginx cannot delay responses. */
export type Origin = 'http' | 'tls' | 'slow'

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly inFlight: number
  readonly path: string
  readonly origin: Origin
  /** The expected size of a decoded body. */
  readonly bytes: number
  /** True for random bytes. Other libraries are then asked for buffers, their cheapest form. */
  readonly isBinary: boolean
  readonly isPost: boolean
  readonly isGzip: boolean
  /** The number of hosts. Above 1, the addresses are 127.0.x.y. */
  readonly hosts: number
  /** True if each request has its own user agent, header and timeout. */
  readonly hasOwnOptions: boolean
  /** True if a fifth of the responses is a 503 that has to be retried. */
  readonly isFlaky: boolean
  readonly roundMs: number
  /** The time that each client runs before its round counts. */
  readonly leadInMs: number
  readonly warmUpMs: number
  readonly rounds: number
  /**
   * The number of processes per client that share the rounds, one after the other. Depending on where memory
   * happens to lie, one process can be a tenth slower than another.
   */
  readonly processes: number
  readonly clients: readonly string[]
}

export const POST_BODY = 'a'.repeat(1024)
export const MAX_TRIES = 8

const OURS = ['startRequest', 'request', 'stream']
const WITH_HEADERS = ['startRequest+headers', 'request+headers', 'stream+headers']
const NODE = [
  'undici',
  'undici Agent',
  'fetch',
  'undici fetch',
  'createFetch',
  'got',
  'axios',
  'curly',
  'node:http',
]
const NATIVE = ['curl -Z', 'C']
/** The same loop with nothing but node-libcurl's calls: see clients/floor.ts. */
export const FLOOR = 'node-libcurl floor'
export const FLOOR_WITH_HEADERS = `${FLOOR}+headers`

/** All clients, in the order of their turns. */
export const CLIENTS: readonly string[] = [
  ...OURS,
  ...WITH_HEADERS,
  FLOOR,
  FLOOR_WITH_HEADERS,
  ...NODE,
  ...NATIVE,
]

/** The clients that take part in every group, for comparison. */
const ALWAYS: readonly string[] = ['startRequest', FLOOR, 'undici']
const COMPANIES: readonly (readonly string[])[] = [
  ['request', 'stream', ...NATIVE],
  [...WITH_HEADERS, FLOOR_WITH_HEADERS],
  ['undici Agent', 'fetch', 'curly'],
  ['undici fetch', 'createFetch'],
  ['got', 'axios', 'node:http'],
]
const MOST_IN_TURNS = 8

/**
 * Divides the clients into groups that take turns; few clients form one group. V8 takes memory from a process
 * that makes little garbage, such as a client that works for a tenth of a second and pauses for two, and
 * returns it page by page; a busy process has no such page faults. Measured with 13 clients taking turns, one
 * request at a time: 300 to 1,000 page faults in a round of some 500 requests; none for a client that runs
 * alone.
 */
export function companies(clients: readonly string[]): (readonly string[])[] {
  if (clients.length <= MOST_IN_TURNS) return [clients]
  const of = (company: readonly string[]): string[] =>
    clients.filter((client) => ALWAYS.includes(client) || company.includes(client))
  return COMPANIES.filter((company) => clients.some((client) => company.includes(client))).map(of)
}

const usual = [...OURS, FLOOR, ...NODE, ...NATIVE]
const few = [...OURS, FLOOR, 'undici', 'curly', 'node:http', 'C']

const common = {
  inFlight: 50,
  path: '/1k',
  origin: 'http' as Origin,
  bytes: 1024,
  isBinary: false,
  isPost: false,
  isGzip: false,
  hosts: 1,
  hasOwnOptions: false,
  isFlaky: false,
  // Short, so that other load on the machine, which comes and goes within seconds, affects all clients of a
  // round alike.
  roundMs: 100,
  // Each turn begins with cold caches, because other clients have used the core.
  leadInMs: 100,
  warmUpMs: 600,
  rounds: 28,
  processes: 1,
  clients: few,
}

const scenario = (name: string, title: string, own: Partial<Scenario> = {}): Scenario => ({
  ...common,
  name,
  title,
  ...own,
})

export const SCENARIOS: readonly Scenario[] = [
  scenario('1k-1', '1 KiB, 1 in flight', {
    inFlight: 1,
    clients: usual,
    // The compiler counts calls, not time. One request at a time makes a fifth as many calls.
    warmUpMs: 4500,
    rounds: 40,
    processes: 2,
  }),
  scenario('1k-10', '1 KiB, 10 in flight', { inFlight: 10 }),
  // The most important scenario. The warm-up is long enough that nothing is compiled any more; after 0.6 s,
  // some of this library still is.
  scenario('1k-50', '1 KiB, 50 in flight', { rounds: 40, processes: 2, warmUpMs: 2500, clients: CLIENTS }),
  scenario('1k-500', '1 KiB, 500 in flight', { inFlight: 500, warmUpMs: 800, roundMs: 400, rounds: 9 }),
  scenario('100k', '100 KiB of random bytes, 50 in flight', {
    path: '/100k',
    bytes: 100 * 1024,
    isBinary: true,
    // The young generation grows for this long, and the compiler needs this long.
    warmUpMs: 3500,
    rounds: 21,
    clients: usual,
  }),
  scenario('10m', '10 MiB of random bytes, 10 in flight', {
    path: '/10m',
    bytes: 10 * 1024 * 1024,
    isBinary: true,
    inFlight: 10,
    // Long enough for several bodies of ten at a time.
    roundMs: 400,
    warmUpMs: 2000,
    rounds: 15,
    processes: 3,
  }),
  scenario('tls', '1 KiB over TLS, 50 in flight', { origin: 'tls', warmUpMs: 700 }),
  scenario('post', 'POST of 1 KiB, 50 in flight', { isPost: true }),
  scenario('gzip', '16 KiB, gzipped, 50 in flight', { path: '/gzip', bytes: 16 * 1024, isGzip: true }),
  scenario('hosts', '1 KiB, 1,000 hosts, 50 in flight', {
    hosts: 1000,
    warmUpMs: 800,
    roundMs: 400,
    rounds: 9,
  }),
  scenario('crawl', '1 KiB, 5,000 hosts, 50 in flight', {
    hosts: 5000,
    // One pass over all hosts: costs that depend on the number of hosts appear only after that.
    warmUpMs: 3000,
    roundMs: 1000,
    rounds: 5,
    clients: ['startRequest', 'stream', FLOOR, 'undici', 'C'],
  }),
  scenario('slow-5000', '1 KiB, answers after 0.5 to 1.5 s, 5,000 in flight', {
    origin: 'slow',
    path: '/slow',
    inFlight: 5000,
    warmUpMs: 1500,
    // Long enough that responses outweigh connecting: libcurl drops most connections at the end of a round.
    roundMs: 5000,
    leadInMs: 0,
    rounds: 2,
    clients: ['startRequest', 'stream', FLOOR, 'undici', 'C'],
  }),
  scenario('options', '1 KiB, options of its own for each request, 50 in flight', { hasOwnOptions: true }),
  scenario('flaky', '1 KiB, a fifth 503 and asked for again, 50 in flight', {
    path: '/flaky',
    isFlaky: true,
  }),
]

/** The selection for --quick, which takes about a minute. */
export const QUICK = {
  scenarios: ['1k-50'],
  clients: [...OURS, FLOOR, 'undici', 'fetch', 'curly', 'C'],
  rounds: 12,
}
