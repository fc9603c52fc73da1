/**
 * The scripts of docs/porting-from-php.md as they stand there: PHP's in a real PHP, and their ports. Both
 * print the same lines, write the same files, and the server sees the same requests. Does not know the other
 * pages.
 */
import { expect } from 'chai'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { documentExamples } from '../../support/documents/documents.js'
import { ExampleRun } from '../../support/documents/example-run.js'
import { requirePhp } from '../../support/programs/real-php.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { shown } from '../php/servers.js'
import { PORTED_SECTIONS, PORTING_PAGE } from './readme/ported.js'

const END = '--- end of an example ---'

/** The number of requests, and the lines that are printed, in alphabetical order. */
const EXPECTED: Readonly<Record<(typeof PORTED_SECTIONS)[number], [requests: number, printed: string[]]>> = {
  'A single transfer': [1, ['200 Alice']],
  'The multi loop': [3, ['/a 200 page /a', '/b 200 page /b', '/missing 404 none']],
  'A rolling window': [6, [1, 2, 3, 4, 5, 6].map((i) => `https://example.com/items/${i} page /items/${i}`)],
  'Uploads with `CURLFile`': [1, ['page /upload']],
  'A login with cookies': [2, ['welcome sid=42']],
  ParallelCurl: [3, ['alice 200 11', 'bob 404 4', 'carol 200 11']],
  RollingCurlX: [3, ['1 200 page /items/1', '2 200 page /items/2', '3 200 page /items/3']],
}

/**
 * Stands for the original, which is not ours to copy: what its README promises, one request after the other.
 */
const PARALLEL_CURL = `<?php class ParallelCurl {
  function __construct(private $limit, private $options) {}
  function startRequest($url, $callback, $user = [], $post = null) {
    $ch = curl_init($url);
    curl_setopt_array($ch, $this->options + [CURLOPT_RETURNTRANSFER => true]);
    if ($post !== null) curl_setopt_array($ch, [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $post]);
    $callback(curl_exec($ch), $url, $ch, $user);
  }
  function finishAllRequests() {}
}`

/** The same for RollingCurlX: post data goes out urlencoded, headers are those of all requests. */
const ROLLING_CURL_X = `<?php class RollingCurlX {
  private $queue = [], $headers = [];
  function __construct(private $limit) {}
  function setHeaders($headers) { $this->headers = $headers; }
  function addRequest($url, $post, $callback, $user) { $this->queue[] = func_get_args(); }
  function execute() {
    foreach ($this->queue as [$url, $post, $callback, $user]) {
      $ch = curl_init($url);
      curl_setopt_array($ch, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $this->headers]);
      if ($post) curl_setopt_array($ch, [CURLOPT_POST => 1, CURLOPT_POSTFIELDS => http_build_query($post)]);
      $response = curl_exec($ch);
      $callback($response, $url, curl_getinfo($ch), $user, curl_getinfo($ch)['total_time'] * 1000);
    }
  }
}`

/** Requests and lines in any order: transfers that run in parallel have none. */
interface Side {
  readonly printed: readonly string[]
  readonly requests: readonly string[]
  readonly cookies: string
}

/** The address of a section: the requests of all sections come from one process. */
const place = (index: number): string => `https://example.com/section-${index}`
const withoutPlace = (text: string): string => text.replaceAll(/\/section-\d+(?=\/)/g, '')

async function start(): Promise<ExampleRun> {
  const run = await ExampleRun.start()
  run.write('picture.png', patternBytes(999))
  run.write('parallelcurl.php', PARALLEL_CURL).write('rollingcurlx.class.php', ROLLING_CURL_X)
  run.server.route(/^\/section-\d+\//, ({ path, query, headers }, response) => {
    const page = withoutPlace(path)
    if (page === '/missing' || query.get('name') === 'bob') response.writeHead(404).end('none')
    else if (page === '/users/1') response.end('{"name":"Alice"}')
    else if (page === '/login') response.setHeader('Set-Cookie', 'sid=42; Path=/; Max-Age=100000').end()
    else if (page === '/account') response.end(`welcome ${headers.cookie ?? 'nobody'}`)
    else response.end(`page ${page}`)
  })
  return run
}

function sideOf(run: ExampleRun, section: string, stdout: string): Side {
  const own = `/section-${PORTED_SECTIONS.indexOf(section as never)}/`
  const requests = run.server.requests
    .filter(({ url }) => url.startsWith(own))
    .map((request) => withoutPlace(JSON.stringify(shown(request, false))))
  const printed = withoutPlace(stdout).trim().split('\n')
  const cookies = section === 'A login with cookies' ? run.read('cookies.txt') : ''
  return {
    printed: printed.sort(),
    requests: requests.sort(),
    cookies: cookies.replaceAll(/\t\d{9,}\t/g, '\tTIME\t'),
  }
}

describe('the scripts of docs/porting-from-php.md', () => {
  const examples = documentExamples().filter(({ path }) => path === PORTING_PAGE)
  const textsOf = (language: string): string[] =>
    PORTED_SECTIONS.map((section, index) => {
      const found = examples.find((one) => one.language === language && one.heading.endsWith(` / ${section}`))
      return (found?.text ?? '').replaceAll('https://example.com', place(index))
    })
  const real = new Map<string, Side>()
  const ported = new Map<string, Side>()

  before(async function () {
    // On a busy machine a child takes long to start. ExampleRun ends one that never ends.
    this.timeout(60_000)
    requirePhp(this)
    await using run = await start()
    const scripts = textsOf('php')
    for (const [index, section] of PORTED_SECTIONS.entries()) {
      const { stdout, stderr, code } = await run.php(scripts[index] ?? '')
      expect([code, stderr], section).to.deep.equal([0, ''])
      real.set(section, sideOf(run, section, stdout))
    }
    run.server.forget()
    rmSync(join(run.folder, 'cookies.txt'))
    const { stdout, stderr, code } = await run.typescripts(textsOf('ts'), END)
    expect([code, stderr]).to.deep.equal([0, ''])
    const parts = stdout.split(`${END}\n`)
    for (const [index, section] of PORTED_SECTIONS.entries())
      ported.set(section, sideOf(run, section, parts[index] ?? ''))
  })

  it('are two in each section', () => {
    expect(examples.map(({ heading, language }) => `${language}: ${heading}`)).to.deep.equal(
      PORTED_SECTIONS.flatMap((section) =>
        ['php', 'ts'].map((language) => `${language}: Porting from PHP / ${section}`),
      ),
    )
  })

  for (const section of PORTED_SECTIONS) {
    it(`do the same before and after: ${section}`, () => {
      const [count, printed] = EXPECTED[section]
      const theirs = real.get(section)
      expect(theirs?.printed).to.deep.equal(printed)
      expect(theirs?.requests).to.have.lengthOf(count)
      expect(ported.get(section)).to.deep.equal(theirs)
    })
  }

  it('write the cookies of the login', () => {
    expect(ported.get('A login with cookies')?.cookies).to.include('\tTIME\tsid\t42\n')
  })
})
