// Downloads files: downloads.ts FOLDER URL...
import { posix } from 'node:path'
import { ParallelCurl } from 'parallelcurl'

const [folder = 'downloads', ...urls] = process.argv.slice(2)
// A download that breaks off continues where it was cut, also when this program is started again.
const curl = new ParallelCurl(4, { outputDir: folder, createDirs: true, resume: true, retry: 5 })

const inputs = urls.map((url) => ({ url, output: posix.basename(new URL(url).pathname) }))
for await (const { url, error, output } of curl.stream(inputs)) {
  console.log(url, output === null ? error : `${output.path}, ${String(output.size)} bytes`)
}
await curl.close()
