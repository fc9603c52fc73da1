// Speaks SMTP with a mail server, through a proxy where there is one: PROXY=socks5h://host:1080 sockets.ts tcp://HOST:25
import { ParallelCurl } from 'parallelcurl'

const [server = 'tcp://localhost:25'] = process.argv.slice(2)
const curl = new ParallelCurl()
// tls:// is an encrypted connection whose certificate is verified. What comes back is a stream, as a net.Socket is.
const socket = await curl.connect(server, { PROXY: process.env['PROXY'] ?? null, CONNECTTIMEOUT_MS: 5000 })

socket.setEncoding('latin1').write('QUIT\r\n')
for await (const text of socket) process.stdout.write(String(text))
await curl.close()
