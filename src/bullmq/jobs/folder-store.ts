/** A store for bodies: one file per job in a folder, complete or absent. Does not depend on queues. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Transfer } from '../../index.js'

/** A job, as a store sees it. */
export interface StoredJob {
  /** The request's own id with the prefix `id-`, or a hash of the request. */
  readonly id?: string | undefined
  readonly data: unknown
}

/**
 * Stores the body of a response. Called while the transfer still holds its handle. If it returns a string,
 * that becomes the `output` of the outcome. If it throws, the attempt fails and the request is made again.
 */
export type Store = (transfer: Transfer, job: StoredJob) => unknown

/**
 * Returns a store that writes bodies to files `<folder>/<ab>/<hash of the job's id>`. Folders are created as
 * needed. A file appears when it is complete; if a job runs again, its file is replaced.
 *
 * @param folder the folder for all bodies
 */
export function folderStore(folder: string): Store {
  const root = resolve(folder)
  return async (transfer, job) => {
    const name = createHash('sha256')
      .update(job.id ?? transfer.url)
      .digest('hex')
    const below = join(root, name.slice(0, 2))
    const path = join(below, name)
    const part = `${path}.${randomBytes(6).toString('hex')}.part`
    await mkdir(below, { recursive: true })
    try {
      await writeFile(part, transfer.body)
      await rename(part, path)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
    return path
  }
}
