/**
 * Where answers came that are empty and do not say so: whether they were whole is seen only by listening to
 * their heads, which is done for the next ones from there. Does not know why they are empty.
 */

/** A crawl may find any number of them. */
const MAX_PATHS = 1024

/** URLs without their queries. */
export class DoubtfulPaths {
  private readonly paths = new Set<string>()

  /** Whether the head of an answer from there is to be heard. */
  has(url: string): boolean {
    return this.paths.size > 0 && this.paths.has(pathOf(url))
  }

  add(url: string): void {
    const { paths } = this
    if (paths.size >= MAX_PATHS) for (const oldest of paths) if (paths.delete(oldest)) break
    paths.add(pathOf(url))
  }

  /** What comes from there is not empty any longer. */
  remove(url: string): void {
    this.paths.delete(pathOf(url))
  }
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}
