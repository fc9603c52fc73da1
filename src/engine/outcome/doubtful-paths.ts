/**
 * URLs that have returned an empty response of unknown completeness. The only way to see whether such a
 * response is complete is to read its header lines, and that is done for the next ones from these URLs. Does
 * not know why they are empty.
 */

/** A limit, because a crawl may find any number of them. */
const MAX_PATHS = 1024

/** A set of URLs without their queries. */
export class DoubtfulPaths {
  private readonly paths = new Set<string>()

  /** True if the header lines of a response from this URL have to be read. */
  has(url: string): boolean {
    return this.paths.size > 0 && this.paths.has(pathOf(url))
  }

  add(url: string): void {
    const { paths } = this
    if (paths.size >= MAX_PATHS) for (const oldest of paths) if (paths.delete(oldest)) break
    paths.add(pathOf(url))
  }

  /** Removes a URL whose response was not empty. */
  remove(url: string): void {
    this.paths.delete(pathOf(url))
  }
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}
