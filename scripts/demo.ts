/**
 * The main use case, as in the original projects' test scripts: a hundred searches, at most ten in flight,
 * titles printed as they arrive. Written as a user would write it: does not use internals of the class.
 *
 *   npm run demo -- [maxRequests] [urlPrefix]
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { OptionError, ParallelCurl, type Transfer } from '../src/index.js'

const usage = 'npm run demo -- [maxRequests = 10; 0: no limit] [urlPrefix, to which each term is appended]'

// prettier-ignore
const terms = [
  'John', 'Mary', 'William', 'Anna', 'James', 'Emma', 'George', 'Elizabeth', 'Charles', 'Margaret',
  'Frank', 'Minnie', 'Joseph', 'Ida', 'Henry', 'Bertha', 'Robert', 'Clara', 'Thomas', 'Alice',
  'Edward', 'Annie', 'Harry', 'Florence', 'Walter', 'Bessie', 'Arthur', 'Grace', 'Fred', 'Ethel',
  'Albert', 'Sarah', 'Samuel', 'Ella', 'Clarence', 'Martha', 'Louis', 'Nellie', 'David', 'Mabel',
  'Joe', 'Laura', 'Charlie', 'Carrie', 'Richard', 'Cora', 'Ernest', 'Helen', 'Roy', 'Maude',
  'Will', 'Lillian', 'Andrew', 'Gertrude', 'Jesse', 'Rose', 'Oscar', 'Edna', 'Willie', 'Pearl',
  'Daniel', 'Edith', 'Benjamin', 'Jennie', 'Carl', 'Hattie', 'Sam', 'Mattie', 'Alfred', 'Eva',
  'Earl', 'Julia', 'Peter', 'Myrtle', 'Elmer', 'Louise', 'Frederick', 'Lillie', 'Howard', 'Jessie',
  'Lewis', 'Frances', 'Ralph', 'Catherine', 'Herbert', 'Lula', 'Paul', 'Lena', 'Lee', 'Marie',
  'Tom', 'Ada', 'Herman', 'Josephine', 'Martin', 'Fanny', 'Jacob', 'Lucy', 'Michael', 'Dora',
]

const colour = process.stdout.isTTY && !process.env['NO_COLOR']
const bold = (text: string): string => (colour ? styleText('bold', text) : text)
const dim = (text: string): string => (colour ? styleText('dim', text) : text)

/** The sum of the transfers' own times: the time they would have taken one after the other. */
let oneAtATimeSeconds = 0
let failures = 0

function onRequestDone(content: string | null, url: string, transfer: Transfer, term: unknown): void {
  oneAtATimeSeconds += Number(transfer.getInfo('TOTAL_TIME'))
  const titles = content === null ? [] : titlesIn(content)
  if (transfer.errno || transfer.responseCode !== 200) {
    failures++
    const why = transfer.error === '' ? '' : ` (${transfer.error})`
    console.log(`Fetch error ${transfer.responseCode} for '${url}'${why}`)
  } else if (titles.length === 0) {
    failures++
    console.log(`No results found for '${String(term)}'`)
  } else {
    console.log(`${bold(String(term).padEnd(10))} ${titles.join(dim(' · '))}`)
  }
}

/** Returns the titles in a response; none if it is not JSON or has another structure. */
function titlesIn(content: string): string[] {
  try {
    const answer = JSON.parse(content) as { responseData?: { results?: { title?: unknown }[] } } | null
    const results = answer?.responseData?.results ?? []
    // Text from another server must not control the terminal.
    return results.map(({ title }) => String(title).replace(/\p{Cc}+/gu, ' '))
  } catch {
    return []
  }
}

async function startServer(): Promise<{ server: ChildProcess; urlPrefix: string }> {
  const server = fork(fileURLToPath(new URL('demo/server.ts', import.meta.url)))
  const ended = once(server, 'exit').then(() => Promise.reject(new Error('the search server did not start')))
  const [port] = (await Promise.race([once(server, 'message'), ended])) as [number]
  return { server, urlPrefix: `http://127.0.0.1:${port}/search?q=` }
}

function fail(message: string): never {
  console.error(`demo: ${message}`)
  process.exit(2)
}

function createCurl(maxRequests: string): ParallelCurl {
  try {
    return new ParallelCurl(maxRequests, {
      USERAGENT: 'Parallel Curl test script',
      FOLLOWLOCATION: true,
    })
  } catch (error) {
    if (error instanceof OptionError) fail(error.message)
    throw error
  }
}

async function main([maxRequests = '10', ownPrefix, ...rest]: string[]): Promise<void> {
  if (maxRequests === '--help') {
    console.log(usage)
    return
  }
  if (rest.length > 0) fail(`too many arguments. ${usage}`)
  if (ownPrefix !== undefined && !/^https?:\/\/[^/]/i.test(ownPrefix)) {
    fail(`urlPrefix has to be an http or https URL, and is '${ownPrefix}'`)
  }
  const curl = createCurl(maxRequests)
  const { server, urlPrefix } = ownPrefix === undefined ? await startServer() : { urlPrefix: ownPrefix }

  const start = performance.now()
  for (const term of terms) {
    await curl.startRequest(urlPrefix + encodeURIComponent(term), onRequestDone, term)
  }
  await curl.finishAllRequests()
  const wallSeconds = (performance.now() - start) / 1000
  server?.kill()

  const limited = curl.maxRequests > 0 && curl.maxRequests < Infinity
  const requests = `${terms.length} requests${failures === 0 ? '' : ` (${failures} without results)`}`
  const inFlight = limited ? `at most ${curl.maxRequests} in flight` : 'all in flight at once'
  const times = `${wallSeconds.toFixed(2)} s; one at a time ${oneAtATimeSeconds.toFixed(2)} s`
  console.log(bold(`${requests}, ${inFlight}: ${times}`))
}

// `npm run demo | head` is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

await main(process.argv.slice(2))
