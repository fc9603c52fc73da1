/**
 * The setup for tests of downloads in segments: files on a server, and what came of them. Does not know what
 * goes wrong.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { ParallelCurl, type RequestOptions, type Transfer } from '../../src/index.js'
import { withDownloadPlace, type DownloadPlace } from './downloads.js'
import { send } from './requests.js'
import type { Handler } from './servers/http/http-exchange.js'
import { patternBytes } from './servers/http/http-handlers.js'
import { serveFile, type Served } from './servers/http/served-file.js'

export const MIB = 1024 ** 2
/** The range of the first request. */
export const FIRST = `bytes=0-${MIB - 1}`
/** Two files of the same length. In four segments beside the first request, each is too short to be split. */
export const bytes = patternBytes(6 * MIB + 77)
export const others = Buffer.from(bytes).reverse()
export const retry = { limit: 200, backoffMs: 0 }

/** The server and the folder of the running test, and what is done with them. */
export class SegmentsPlace {
  place!: DownloadPlace

  /** Call it in `describe`. */
  constructor() {
    withDownloadPlace((given) => {
      this.place = given
    })
  }

  get server(): DownloadPlace['server'] {
    return this.place.server
  }

  get file(): string {
    return this.place.file
  }

  /** Returns the URL of a file that this handler sends. */
  serve(handler: Handler): string {
    this.server.route('/served', handler)
    return this.server.url('/served')
  }

  /** Returns the handler of a file. */
  served(file: Served): Handler {
    return (request, response) => {
      serveFile(file, request, response, this.server.requests.length - 1)
    }
  }

  /** Returns a handler that holds all but the first range at the gate with this name. */
  holding(file: Served, name: string): Handler {
    return (request, response, server) => {
      if (request.headers.range === FIRST) {
        serveFile(file, request, response, 0)
        return
      }
      const leave = server.gate(name).enter(() => {
        serveFile(file, request, response, 0)
      })
      response.on('close', leave)
    }
  }

  /** Downloads in four segments, with an instance of its own. */
  async download(url: string, options: RequestOptions = {}, userData?: unknown): Promise<Transfer> {
    const curl = new ParallelCurl(10)
    const outcome = send(curl, url, { userData, options: { output: this.file, segments: 4, ...options } })
    const { transfer } = await outcome
    await curl.close()
    return transfer
  }

  /** The ranges that were asked for, in order. */
  get ranges(): (string | undefined)[] {
    return this.server.requests.map(({ headers }) => headers.range)
  }

  /** True if the file has these bytes. */
  isRight(expected = bytes): boolean {
    return readFileSync(this.file).equals(expected)
  }

  inFolder(): string[] {
    return readdirSync(this.place.folder).sort()
  }
}
