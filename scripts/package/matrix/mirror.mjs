/**
 * A server in place of node-libcurl's releases on GitHub, and of the page that the installed package asks
 * for. It has one binary: that of this checkout, for this Node.js and the node-libcurl that belongs to it.
 * With any other, node-pre-gyp compiles. Does not know the package managers.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, copyFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

export const PAGE = 'hello'

/** Returns the address of the server, and `close()`. */
export async function startMirror(root, folder) {
  const module = join(root, 'node_modules/node-libcurl')
  const { version } = JSON.parse(readFileSync(join(module, 'package.json'), 'utf8'))
  mkdirSync(join(folder, 'binding'), { recursive: true })
  copyFileSync(join(module, 'lib/binding/node_libcurl.node'), join(folder, 'binding/node_libcurl.node'))
  const binary = execFileSync('tar', ['-cz', '-C', folder, 'binding'], { maxBuffer: 1 << 28 })
  const name = `/v${version}/node_libcurl-v${version}-node-v${process.versions.modules}-`

  const server = createServer((request, response) => {
    if (request.url === '/page') response.end(PAGE)
    else if (request.url.startsWith(name)) response.end(binary)
    else response.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, version, close: () => server.close() }
}
