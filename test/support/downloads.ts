/**
 * The setup for tests of downloads: a server, and for each test an empty folder and a file name in it. Does
 * not depend on what is downloaded.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RequestOptions, Transfer } from '../../src/index.js'
import { sendAlone } from './requests.js'
import { startHttpServer, type HttpServer } from './servers/http/http-server.js'

/** The server and the folder of one test. */
export interface DownloadPlace {
  readonly server: HttpServer
  readonly folder: string
  /** The path of a file that does not exist yet. */
  readonly file: string
}

/** Call it in `describe`. `use` gets the place of each test before the test begins. */
export function withDownloadPlace(use: (place: DownloadPlace) => void): void {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
    folder = mkdtempSync(join(tmpdir(), 'downloads-'))
    use({ server, folder, file: join(folder, 'file.bin') })
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  after(() => server.close())
}

/** Downloads with an instance of its own. */
export async function download(url: string, options: RequestOptions): Promise<Transfer> {
  return (await sendAlone(url, { options })).transfer
}
