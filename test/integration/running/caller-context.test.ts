/**
 * `AsyncLocalStorage` in the functions that people give: each gets the stores of the call that gave it, also
 * where another request makes libcurl work, and none where the call had none.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect } from 'chai'
import {
  ParallelCurl,
  ProxyPool,
  SessionPool,
  type RequestOptions,
  type StreamInput,
} from '../../../src/index.js'
import * as php from '../../../src/php/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { startHttpProxies } from '../../support/servers/proxies/http-proxy.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

const storage = new AsyncLocalStorage<string>()
/** The stores of each function, by its name. */
type Seen = Record<string, Set<string | undefined>>

describe('AsyncLocalStorage', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  /** Notes the store of a call of the function `name` of the request `who`. */
  const noter = () => {
    const seen: Seen = {}
    const note = (who: string, name: string): void => {
      ;(seen[`${who} ${name}`] ??= new Set()).add(storage.getStore())
    }
    /** Expects that every function was called, and always with the store of its request. */
    const check = (who: readonly string[], names: readonly string[]): void => {
      for (const one of who)
        for (const name of names)
          expect([...(seen[`${one} ${name}`] ?? ['never called'])], `${name} of ${one}`).to.deep.equal([
            one === 'none' ? undefined : one,
          ])
    }
    return { note, check }
  }
  /** Calls in the context of a store; 'none' is the context without one. */
  const as = <T>(who: string, call: () => T): T =>
    who === 'none' ? storage.exit(call) : storage.run(who, call)
  const WHO = ['a', 'b', 'none', 'c']

  it('reaches callbacks of startRequest() and functions for libcurl, in mixed order', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(2)
    for (const who of [...WHO, ...WHO]) {
      const own =
        (name: string): (() => void) =>
        () => {
          note(who, name)
        }
      const options: RequestOptions = {
        HEADERFUNCTION: (line: Buffer) => (note(who, 'HEADERFUNCTION'), line.length),
        XFERINFOFUNCTION: () => (note(who, 'XFERINFOFUNCTION'), 0),
        NOPROGRESS: false,
        onSocketEvent: own('onSocketEvent'),
        retry: { limit: 1, backoffMs: 1, shouldRetry: () => (note(who, 'shouldRetry'), undefined) },
      }
      as(who, () => {
        void curl.startRequest(server.url('/status/503'), own('callback'), undefined, null, options)
        const writes = { WRITEFUNCTION: (data: Buffer) => (note(who, 'WRITEFUNCTION'), data.length) }
        void curl.startRequest(server.url('/bytes/9'), own('callback'), undefined, null, writes)
        void curl.startRequest(server.url('/echo'), own('plain callback'))
        void curl.startRequest('http://127.0.0.1:1/', own('callback of a failure'))
      })
    }
    await curl.finishAllRequests()
    check(WHO, ['callback', 'plain callback', 'callback of a failure', 'HEADERFUNCTION', 'XFERINFOFUNCTION'])
    check(WHO, ['onSocketEvent', 'shouldRetry', 'WRITEFUNCTION'])
  })

  it('is that of the call in a callback that enters another one, or awaits', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(1)
    for (const who of WHO) {
      as(who, () => {
        void curl.startRequest(server.url('/echo'), async () => {
          note(who, 'before')
          await new Promise(setImmediate)
          note(who, 'after')
          storage.enterWith('entered')
          void curl.startRequest(server.url('/echo'), () => {
            expect(storage.getStore()).to.equal('entered')
          })
        })
        void curl.startRequest(server.url('/echo'), () => {
          note(who, 'second')
          storage.enterWith('entered')
        })
      })
    }
    await curl.finishAllRequests()
    check(WHO, ['before', 'after', 'second'])
  })

  it('is that of the call in a callback after another function of its request has entered a store', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(1)
    for (const who of WHO) {
      const HEADERFUNCTION = (line: Buffer): number => {
        note(who, 'HEADERFUNCTION')
        storage.enterWith('entered')
        return line.length
      }
      const callback = (): void => {
        note(who, 'callback')
      }
      as(who, () => {
        void curl.startRequest(server.url('/echo'), callback, undefined, null, { HEADERFUNCTION })
      })
    }
    await curl.finishAllRequests()
    check(WHO, ['HEADERFUNCTION', 'callback'])
  })

  it('of a callback is not that of the next one, where it is the first store of the process', async () => {
    const { stdout, stderr } = await runChild(
      `
      import { AsyncLocalStorage } from 'node:async_hooks'
      import { ParallelCurl } from './src/index.js'
      const storage = new AsyncLocalStorage()
      const curl = new ParallelCurl(0)
      const seen = []
      // Ended in one batch: libcurl refuses all of them in the same turn.
      for (let i = 0; i < 4; i++) void curl.startRequest('no-such-scheme://a/', () => {
        seen.push(storage.getStore() ?? null)
        storage.enterWith(i)
      })
      await curl.finishAllRequests()
      console.log(JSON.stringify(seen))
    `,
    )
    expect(stdout, stderr).to.equal('[null,null,null,null]\n')
  })

  it('reaches bodies: onData, output, streams and uploads', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(2)
    const folder = (await import('node:os')).tmpdir()
    const all = WHO.flatMap((who) =>
      as(who, () => {
        const own =
          (name: string): (() => void) =>
          () => {
            note(who, name)
          }
        const upload = async function* (): AsyncGenerator<string> {
          note(who, 'upload')
          yield await Promise.resolve('x'.repeat(1000))
          note(who, 'upload')
        }
        const output = (): string => (note(who, 'output'), `${folder}/parallelcurl-context-${who}`)
        const streamed = curl.request(server.url('/bytes/300000'), { responseType: 'stream' }).then(
          ({ stream }) =>
            new Promise((resolve) => {
              stream.on('data', own('data')).on('end', own('end'))
              stream.on('close', () => {
                note(who, 'close')
                resolve(null)
              })
            }),
        )
        return [
          curl.request(server.url('/bytes/300000'), { onData: own('onData') }),
          curl.request(server.url('/bytes/300000'), {
            onData: async () => {
              await new Promise(setImmediate)
              note(who, 'async onData')
            },
          }),
          curl.request(server.url('/echo'), { upload, POST: true }),
          curl.request(server.url('/echo'), { output }),
          streamed,
        ]
      }),
    )
    await Promise.all(all)
    check(WHO, ['onData', 'async onData', 'upload', 'output', 'data', 'end', 'close'])
  })

  it('reaches the functions of pools, for the request that needs them', async () => {
    const { note, check } = noter()
    const dead = `http://127.0.0.1:${await refusedPort()}`
    const proxies = await startHttpProxies(1)
    await using curl = new ParallelCurl(2)
    const all = WHO.map((who) =>
      as(who, () => {
        // A pool for each, so that it is known which request its functions are called for.
        const session = new SessionPool({
          maxUses: 1,
          create: async () => (await new Promise(setImmediate), note(who, 'create'), {}),
          onNewSession: () => {
            note(who, 'onNewSession')
          },
        })
        const pool = new ProxyPool([dead, (proxies[0] as { url(): string }).url()], {
          strategy: (_request, available) => (note(who, 'strategy'), available[0]),
          stickyBy: () => (note(who, 'stickyBy'), undefined),
        })
        const sticky = new ProxyPool([dead, (proxies[0] as { url(): string }).url()], {
          strategy: 'sticky',
          stickyBy: () => (note(who, 'stickyBy'), undefined),
        })
        const retry = { limit: 1, backoffMs: 1, newSession: true }
        return [
          curl.request(server.url('/status/503'), { session, proxies: pool, retry }),
          curl.request(server.url('/status/503'), { proxies: pool, retry }),
          curl.request(server.url('/status/503'), { proxies: sticky, retry }),
        ]
      }),
    )
    await Promise.all(all.flat())
    for (const proxy of proxies) await proxy.close()
    check(WHO, ['create', 'onNewSession', 'strategy', 'stickyBy'])
  })

  it('reaches the inputs of stream(), and what shares a transfer has its own', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(1)
    const stream = async (who: string): Promise<void> => {
      const inputs = function* (): Generator<StreamInput> {
        for (let i = 0; i < 9; i++) {
          note(who, 'inputs')
          yield {
            url: server.url('/echo'),
            onData: () => {
              note(who, 'onData of an input')
            },
          }
        }
      }
      const laterInputs = async function* (): AsyncGenerator<StreamInput> {
        for (const input of inputs()) {
          await new Promise(setImmediate)
          note(who, 'async inputs')
          yield input
        }
      }
      // Read in another context than it was made in.
      for (const source of [inputs(), laterInputs()]) {
        const made = as(who, () => curl.stream(source, { window: 2 }))
        await as('reader', async () => {
          for await (const { errno } of made) expect([errno, storage.getStore()]).to.deep.equal([0, 'reader'])
        })
      }
    }
    await Promise.all(WHO.map(stream))
    for (const who of WHO)
      as(who, () => {
        const callback = (): void => {
          note(who, 'shared')
        }
        void curl.startRequest(server.url('/echo'), callback, undefined, null, { dedupe: true })
      })
    await curl.finishAllRequests()
    check(WHO, ['inputs', 'async inputs', 'onData of an input', 'shared'])
  })

  it('reaches events of sockets, handlers of a dispatcher, and PHP’s functions', async () => {
    const { note, check } = noter()
    await using curl = new ParallelCurl(2)
    const dispatcher = new CurlDispatcher(curl)
    const talk = (who: string): Promise<void>[] => [
      curl.connect(`tcp://127.0.0.1:${server.port}`).then(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.on('data', () => {
              note(who, 'data')
            })
            socket.on('close', () => {
              note(who, 'close')
              resolve()
            })
            socket.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
          }),
      ),
      new Promise<void>((resolve, reject) => {
        const [origin, path, method] = [server.url(''), '/echo', 'GET'] as const
        dispatcher.dispatch(
          { origin, path, method },
          {
            onRequestStart: () => {
              note(who, 'onRequestStart')
            },
            onResponseStart: () => {
              note(who, 'onResponseStart')
            },
            onResponseData: () => {
              note(who, 'onResponseData')
            },
            onResponseEnd: () => {
              note(who, 'onResponseEnd')
              resolve()
            },
            onResponseError: (_controller, error) => {
              reject(error)
            },
          },
        )
      }),
      (async () => {
        const ch = php.curl_init(server.url('/bytes/9'))
        php.curl_setopt(
          ch,
          php.CURLOPT_WRITEFUNCTION,
          (_ch: unknown, data: string) => (note(who, 'php'), data.length),
        )
        await php.curl_exec(ch)
      })(),
    ]
    await Promise.all(WHO.flatMap((who) => as(who, () => talk(who))))
    check(WHO, [
      'data',
      'close',
      'onRequestStart',
      'onResponseStart',
      'onResponseData',
      'onResponseEnd',
      'php',
    ])
  })
})
