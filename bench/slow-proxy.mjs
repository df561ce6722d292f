// A proxy on loopback that delays everything in both directions, as a distant server does. It is a process of its own,
// because the benchmark blocks while it waits for a command. Started by fork() with the server's port and the delay in
// milliseconds. It answers each message with what has passed since the last one: bytes, and rounds. A request is in round 1 if
// no answer has come before it, in round 2 if the answer to a request of round 1 has, and so on.
import { connect, createServer } from 'node:net'

const [port, delay] = process.argv.slice(2).map(Number)
let passed = { bytes: 0, rounds: 0 }

const server = createServer((near) => {
  const far = connect(port, '127.0.0.1')
  let round = 0
  let answering = true
  near.on('data', () => {
    if (answering) round = passed.rounds + 1
    answering = false
  })
  const onAnswer = () => {
    passed.rounds = Math.max(passed.rounds, round)
    answering = true
  }
  pass(near, far)
  pass(far, near, onAnswer)
})

/** Passes chunks on in their order, each after the delay. */
function pass(from, to, onArrival = () => {}) {
  from.setNoDelay(true)
  from.on('data', (chunk) => {
    passed.bytes += chunk.length
    setTimeout(() => {
      onArrival()
      if (to.writable) to.write(chunk)
    }, delay)
  })
  from.once('close', () => setTimeout(() => to.destroy(), delay))
  from.on('error', () => {})
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => {
  process.send(passed)
  passed = { bytes: 0, rounds: 0 }
})
process.once('disconnect', () => process.exit(0))
