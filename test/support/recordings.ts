/** Archives that tests record: what they hold, and the warnings of recordings. Does not know how one is made. */
import { readFileSync } from 'node:fs'
import { notice } from '../../src/recordings/recorder.js'
import type { Har } from '../../src/report/index.js'

/** Keeps the warnings of recordings from the output of the tests of a suite. Returns the list that they go to. */
export function heardWarnings(): string[] {
  const { say } = notice
  const warnings: string[] = []
  before(() => {
    notice.say = (text) => warnings.push(text)
  })
  after(() => {
    notice.say = say
  })
  return warnings
}

export function readArchive(path: string): Har {
  return JSON.parse(readFileSync(path, 'utf8')) as Har
}
