// A proxy on loopback that delays everything in both directions, as a distant server does. It is a process of its own,
// because the benchmark blocks while it waits for a command. Started by fork(): it answers `{delay}` with what has passed
// since the last such message.
import { connect, createServer } from 'node:net'

let delay = 0
let bytes = 0

/** Passes chunks on in their order, each after the delay. */
function pass(from, to) {
  from.setNoDelay(true)
  from.on('data', (chunk) => {
    bytes += chunk.length
    setTimeout(() => to.writable && to.write(chunk), delay)
  })
  from.once('close', () => setTimeout(() => to.destroy(), delay))
  from.on('error', () => {})
}

const server = createServer((near) => {
  const far = connect(Number(process.argv[2]), '127.0.0.1')
  pass(near, far)
  pass(far, near)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (wanted) => {
  process.send({ bytes })
  delay = wanted.delay
  bytes = 0
})
process.once('disconnect', () => process.exit(0))
