/** Examples of a queue for many machines. Does not know the rest of it. */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExampleRun } from '../../../support/documents/example-run.js'
import { freePort, startRedis } from '../../../support/programs/redis.js'
import { requireProgram } from '../../../support/programs/requires.js'
import { seen, type ExampleCase } from './example-case.js'

const SECTION = 'Many machines'
const needs = (context: Mocha.Context): void => requireProgram(context, 'redis-server')
const NAMED = 'export PARALLELCURL_REDIS=redis://127.0.0.1:6379\n'

/** A Redis in the place of the page's, and a list. */
async function prepare(run: ExampleRun): Promise<void> {
  const redis = run.own(await startRedis())
  run.replace('redis://127.0.0.1:6379', redis.url).replace('port: 6379', `port: ${redis.port}`)
  run.write('urls.txt', 'https://example.com/a\nhttps://example.com/b\n')
}

async function prepareFilled(run: ExampleRun): Promise<void> {
  await prepare(run)
  const { code, stderr } = await run.shell(`${NAMED}npx parallelcurl enqueue --queue pages -i urls.txt`)
  expect(code, stderr).to.equal(0)
}

/** Both pages are fetched and stored, and the worker has ended in good order. */
function checkWorked(_ran: unknown, run: ExampleRun): void {
  expect(seen(run)).to.have.members(['GET /a', 'GET /b'])
  const outcomes = run.read('outcomes.jsonl').trim().split('\n')
  const parsed = outcomes.map((line) => JSON.parse(line) as { url: string; status: number })
  expect(parsed.map(({ url, status }) => `${url} ${status}`)).to.have.members([
    'https://example.com/a 200',
    'https://example.com/b 200',
  ])
  const files = readdirSync(join(run.folder, 'bodies'), { recursive: true, withFileTypes: true })
  const bodies = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  expect(bodies).to.have.members(['page of /a', 'page of /b'])
}

export const queueCases: readonly ExampleCase[] = [
  {
    heading: SECTION,
    has: 'npm install parallelcurl bullmq ioredis',
    notRun: 'it installs',
    check: (_ran, _run, text) => {
      const manifest = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')
      const { peerDependencies } = JSON.parse(manifest) as { peerDependencies: object }
      expect(text.trim().split(' ').slice(3)).to.deep.equal(
        Object.keys(peerDependencies).filter((name) => name !== 'undici'),
      )
    },
  },
  {
    heading: SECTION,
    has: 'redis-server --appendonly',
    needs,
    prepare: async (run) => {
      const port = await freePort()
      run.replace('--appendfsync always', `--appendfsync always --port ${port} --bind 127.0.0.1`)
      run.replace('redis://127.0.0.1:6379', `redis://127.0.0.1:${port}`)
    },
    until: async (run) => {
      await run.printed('Ready to accept connections')
      expect(
        (await run.shell(`${NAMED}npx parallelcurl enqueue --queue pages https://example.com/`)).code,
      ).to.equal(0)
    },
    check: (_ran, run) => {
      expect(readdirSync(join(run.folder, 'appendonlydir')).join()).to.match(/\.aof/)
    },
  },
  {
    heading: `${SECTION} / From a shell`,
    has: 'parallelcurl enqueue',
    needs,
    prepare,
    check: async ({ stdout }, run, text) => {
      expect(stdout).to.equal('{"read":2,"added":2}\n')
      // "Adding a list twice adds nothing."
      expect((await run.shell(text)).stdout).to.equal('{"read":2,"added":0}\n')
      expect(seen(run)).to.deep.equal([])
    },
  },
  {
    heading: `${SECTION} / From a shell`,
    has: 'parallelcurl status',
    needs,
    prepare: prepareFilled,
    check: ({ stdout }) => expect(stdout).to.match(/^waiting +2$/m),
  },
  {
    heading: `${SECTION} / From a shell`,
    has: 'parallelcurl work',
    needs,
    prepare: prepareFilled,
    // "After the first one transfers in flight may finish. The exit code is 130 or 143."
    until: (run) => run.server.waitForRequests(2),
    code: 143,
    check: checkWorked,
  },
  {
    heading: 'Examples',
    has: 'parallelcurl work',
    needs,
    prepare: prepareFilled,
    // "After the first one transfers in flight may finish. The exit code is 130 or 143."
    until: (run) => run.server.waitForRequests(2),
    code: 143,
    check: checkWorked,
  },
  {
    heading: `${SECTION} / A crawl by many machines`,
    has: 'crawlPages',
    needs,
    prepare: async (run) => {
      await prepare(run)
      run.server.route('/', (_request, response) => response.end('<a href=/a>x</a><a href=/b>x</a>'))
      run.server.route(/^\/[ab]$/, (_request, response) => response.end('<a href=/>x</a>'))
    },
    then: `
      let count = 0
      worker.on('completed', async () => {
        if (++count === 3) await Promise.all([worker.close(), queue.close()])
      })`,
    check: (_ran, run) => {
      expect(seen(run).sort()).to.deep.equal(['GET /', 'GET /a', 'GET /b'])
    },
  },
  {
    heading: `${SECTION} / From a program`,
    has: "from 'parallelcurl/bullmq'",
    needs,
    prepare,
    then: `
      worker.once('completed', async () => {
        await Promise.all([worker.close(), queue.close(), curl.close()])
      })`,
    check: ({ stdout }, run) => {
      expect(seen(run)).to.deep.equal(['GET /'])
      expect(run.server.requests[0]?.headers['user-agent']).to.equal('my-scraper/1.0')
      expect(stdout).to.match(/^https:\/\/example\.com\/ 200 /)
      const path = /path: '([^']+)'/.exec(stdout)?.[1] ?? stdout.trim().split(' ')[2] ?? ''
      expect(readFileSync(path, 'utf8')).to.equal('page of /')
    },
  },
]
