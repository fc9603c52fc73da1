/**
 * The output files of a run: no request replaces the file of another one without a word. Does not know how
 * names are made.
 */
import { lstatSync } from 'node:fs'
import { DataError } from '../../errors/errors.js'
import type { RunDraft } from '../../arguments/flags/run-draft.js'

/** The most numbers that `--no-clobber` tries, as in curl. */
const MOST_NUMBERS = 99

/** The names that requests have taken. Each costs about its own length. */
export class UsedNames {
  private readonly used = new Set<string>()

  /** @param ifThere what is done if a file exists */
  constructor(private readonly ifThere: RunDraft['ifThere']) {}

  /** True if a request has the path. */
  has(path: string): boolean {
    return this.used.has(path)
  }

  /**
   * Takes a path for a request. Returns the suffix for its name, which is '' unless `--no-clobber` was given,
   * or null if the request is not to be made.
   *
   * @param isNumbered true if no other request of the run has the path
   * @throws DataError if another request has the path
   */
  take(path: string, isNumbered: boolean): string | null {
    const { used, ifThere } = this
    const use = (name: string): void => {
      if (!isNumbered) used.add(name)
    }
    if (ifThere === 'replace') {
      if (used.has(path))
        throw new DataError(
          `${path} is the file of an earlier request: use a template with {n}, --no-clobber or --skip-existing`,
        )
      use(path)
      return ''
    }
    const isFree = (name: string): boolean =>
      !used.has(name) && lstatSync(name, { throwIfNoEntry: false }) === undefined
    for (let number = 0; number <= MOST_NUMBERS; number++) {
      const suffix = number === 0 ? '' : `.${String(number)}`
      if (isFree(path + suffix)) {
        use(path + suffix)
        return suffix
      }
      if (ifThere === 'skip') return null
    }
    throw new DataError(`${path}: all names up to ${path}.${String(MOST_NUMBERS)} exist`)
  }
}
