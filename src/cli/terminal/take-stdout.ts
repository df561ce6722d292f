import { Writable } from 'node:stream'

/**
 * Keeps stdout for a protocol: what other code prints there goes to stderr from now on. Returns the stream that writes
 * to stdout.
 */
export function takeStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  const protocol = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => void write(chunk, (error) => done(error)),
  })
  stdout.on('error', (error) => protocol.destroy(error))
  return protocol
}
