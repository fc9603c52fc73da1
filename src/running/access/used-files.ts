/** The cookie jars and session pools that requests have used, and that have files. Does not write files. */
import type { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { SessionPool } from '../../sessions/session-pool.js'

/** The jars and pools of one instance that have to be saved. */
export class UsedFiles {
  private readonly used = new Set<CookieJar | SessionPool>()

  addJar(jar: CookieJar): void {
    if (jar.path !== null) this.used.add(jar)
  }

  addPool(pool: SessionPool): void {
    this.used.add(pool)
  }

  /** True if {@link save} has anything to save. */
  get hasAny(): boolean {
    return this.used.size > 0
  }

  /**
   * Saves all jars and session pools that were used. If some cannot be saved, the others are still saved, and
   * the promise rejects.
   */
  async save(): Promise<void> {
    const used = [...this.used]
    this.used.clear()
    const errors: unknown[] = []
    const save = async (jar: CookieJar | SessionPool): Promise<void> => {
      try {
        await jar.saveChanges()
      } catch (error) {
        this.used.add(jar)
        errors.push(error)
      }
    }
    await Promise.all(used.map(save))
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1)
      throw new AggregateError(errors, `${String(errors.length)} files could not be saved`)
  }
}
