/**
 * A store for bodies: one file for each job in a folder, complete or not there. Does not know queues.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Transfer } from '../../index.js'

/** What a store is told of a job. */
export interface StoredJob {
  /** The request's own id behind `id-`, or a hash of the request. */
  readonly id?: string | undefined
  readonly data: unknown
}

/**
 * Takes the body of an answer, while its transfer is held. A string that it returns is the `output` of the
 * outcome. What it throws fails the attempt: the request is made again.
 */
export type Store = (transfer: Transfer, job: StoredJob) => unknown

/**
 * Bodies as files `<folder>/<ab>/<hash of the job's id>`, made when they are needed. A file appears when it
 * is complete; a job that is done again replaces its own.
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
